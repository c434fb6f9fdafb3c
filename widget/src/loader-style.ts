// Rules marked important inside a shadow root win over the page's, even over `* { all: unset !important }`.
// The frame's border is translucent because it lies over a light or a dark page.
export const css =
  ":host{all:initial!important}" +
  "iframe,.l,div{position:fixed;right:24px;bottom:24px;z-index:2147483647;box-sizing:border-box;border:1px solid #8a97a155;box-shadow:0 12px 40px -8px #071e1c47}" +
  "button{border:0;background:0;font:inherit}" +
  "svg{pointer-events:none;width:16px;display:block;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round}" +
  ".l{width:60px;height:60px;border:0;padding:16px;border-radius:50%;background:#0b5c55;color:#fff}" +
  ".l svg{width:28px}" +
  "[aria-busy=true]{opacity:.7}" +
  "i{pointer-events:none;position:absolute;right:-2px;top:-2px;min-width:18px;border:2px solid;border-radius:11px;background:#b3261e;font:700 12px/18px system-ui}" +
  ":focus-visible{outline:3px solid #0a5f8a;outline-offset:2px}" +
  "iframe{bottom:100px;width:392px;height:min(660px,100vh - 124px);border-radius:12px}" +
  "div{right:96px;max-width:264px;padding:12px 44px 12px 16px;border-radius:12px 12px 4px;background:#fff;color:#1b2126;font:14px/1.5 Inter,system-ui;white-space:pre-line}" +
  "div::first-line{font-weight:600}" +
  "a,div button{display:block;padding:2px 0;color:#0a5f8a}" +
  "a:empty{display:none}" +
  "div>:first-child{position:absolute;right:6px;top:6px;padding:8px;color:#56626c}" +
  "@media(max-width:480px),(max-height:480px){.l{right:16px;bottom:16px}iframe{inset:0;width:100%;height:100%;border:0;border-radius:0}iframe:not([hidden])+.l{display:none}}";

// Hears what changed: a WebSocket first, server-sent events where there is none. Both go on from the last number heard.
const { one, toast } = window.opieka;
const SOON = 3_000;
const LONG = 30_000;
// The server gives a sign of life every three seconds of silence.
const DEAD = 9_000;
const SIGNED_OUT = 4401;

export function listen(seq, heard, back) {
  let link = null;
  let failures = 0;
  let lostAt = 0;
  let timer = 0;
  let heardAt = 0;

  function connect() {
    clearTimeout(timer);
    heardAt = Date.now();
    const old = link;
    // Every fourth failure in a row tries the other way: some networks let no WebSocket through.
    const stream = failures % 4 === 3;
    const url = `/live${stream ? "/sse" : ""}?after=${seq}`;
    const mine = (link = stream ? new EventSource(url) : new WebSocket(location.origin.replace(/^http/, "ws") + url));
    const patience = setTimeout(() => down(), 4_000);
    const down = (e) => {
      clearTimeout(patience);
      if (mine !== link) return;
      mine.close();
      link = null;
      if (e?.code === SIGNED_OUT) return toast("signed-out"), (lostAt = Infinity);
      failures += 1;
      lostAt ||= Date.now();
      bar();
      timer = setTimeout(connect, 250 + Math.random() * 1_250);
    };
    mine.onopen = () => {
      clearTimeout(patience);
      failures = 0;
      heardAt = Date.now();
      if (lostAt) back(heardAt - lostAt);
      lostAt = 0;
      bar();
    };
    mine.onmessage = (e) => {
      const frame = JSON.parse(e.data);
      heardAt = Date.now();
      seq = Math.max(seq, frame.seq);
      if (frame.changed.length) heard(frame.changed);
    };
    mine.onclose = mine.onerror = down;
    old?.close();
  }

  function bar() {
    const gone = lostAt ? Date.now() - lostAt : 0;
    one("#live").dataset.link = lostAt ? "down" : "up";
    one("#link").hidden = gone < SOON;
    one("[data-link=soon]").hidden = gone >= LONG;
    one("[data-link=lost]").hidden = gone < LONG;
    one("[data-since]").textContent = new Date(lostAt).toLocaleTimeString("pl", { timeStyle: "short" });
  }

  addEventListener("online", connect);
  addEventListener("offline", () => link?.onclose());
  document.addEventListener("visibilitychange", () => document.hidden || Date.now() - heardAt < DEAD || connect());
  setInterval(() => {
    // After a sleep a link may look open and be long dead.
    if (!lostAt && Date.now() - heardAt > DEAD) connect();
    bar();
  }, 1_000);
  connect();
}

// Coming in: passwords that can be shown, passkeys. Without it the pages work with a typed password.
"use strict";

// --- passwords ---------------------------------------------------------------
for (const button of document.querySelectorAll("[data-show]")) {
  const input = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
}

// --- passkeys ----------------------------------------------------------------
// The server speaks JSON with base64url where the browser wants bytes.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function create({ publicKey }, alone) {
  const wanted = { ...publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
  if (alone) wanted.userVerification = "required";
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
      authenticatorSelection: wanted,
    },
  });
  return answer(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get({ publicKey }) {
  const used = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) },
  });
  const owner = used.response.userHandle;
  return answer(used, {
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
    userHandle: owner ? text(owner) : null,
  });
}

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

async function optionsFor(form) {
  if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById("passkey-options").textContent);
  const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(`passkey options: ${reply.status}`);
  return reply.json();
}

async function usePasskey(form) {
  const options = await optionsFor(form);
  if (form.dataset.passkey === "create") {
    const alone = form.elements.passwordless?.checked ?? false;
    return create(options.creation_options, alone);
  }
  return get(options.request_options);
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    const problem = form.querySelector("[role=alert]");
    form.hidden = false;
    form.querySelector("button[type=button]").addEventListener("click", async (event) => {
      const button = event.currentTarget;
      problem.hidden = true;
      button.setAttribute("aria-busy", "true");
      try {
        form.elements.credential.value = JSON.stringify(await usePasskey(form));
        form.submit();
      } catch (reason) {
        // The person closed the window, or has no key: said in words beside the button.
        console.info("passkey", reason);
        problem.hidden = false;
        button.removeAttribute("aria-busy");
      }
    });
  }
}

// "or" stands only between two ways.
const between = document.querySelector(".entrance-or[hidden]");
if (between?.previousElementSibling?.querySelector("form:not([hidden])")) between.hidden = false;

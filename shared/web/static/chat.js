// The chat page without a reload: send the form by fetch, read the answer as an event stream, add it part by part.
// Without this file the form is posted and the page comes back with the answer in it.
"use strict";
(() => {
  const form = document.getElementById("say");
  const log = document.getElementById("log");
  const state = document.getElementById("state");
  if (!form || !log || !window.ReadableStream) return;
  const text = form.elements.namedItem("text");
  const key = form.elements.namedItem("idempotency_key");
  const button = form.querySelector("button");

  const element = (name, className, content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (content) made.textContent = content;
    return made;
  };

  const turnFor = (said) => {
    document.getElementById("latest")?.removeAttribute("id");
    const turn = element("article", "turn");
    turn.id = "latest";
    turn.tabIndex = -1;
    turn.setAttribute("aria-label", "新しいやりとり");
    const mine = element("p", "said lines");
    mine.append(element("span", "visually-hidden", "あなた："), said);
    const answer = element("div", "answer");
    turn.append(mine, answer);
    log.append(turn);
    turn.scrollIntoView({ block: "start" });
    return { turn, answer };
  };

  const partOf = (part) => {
    const section = element("section", part.kind === "urgent" ? "part urgent" : "part");
    section.append(element("h2", "", part.heading), element("p", "lines", part.text));
    if (part.links.length) {
      const list = element("ul", "plain links");
      for (const link of part.links) {
        const anchor = element("a", "", link.label);
        if (/^(https?|tel):/.test(link.url)) anchor.href = link.url;
        const item = element("li");
        item.append(anchor);
        list.append(item);
      }
      section.append(list);
    }
    return section;
  };

  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      let end;
      while ((end = rest.indexOf("\n\n")) >= 0) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const field = (name) => block.split("\n").find((line) => line.startsWith(name + ": "))?.slice(name.length + 2);
        yield { name: field("event"), data: JSON.parse(field("data") || "{}") };
      }
    }
  }

  const send = async (said, place) => {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "text/event-stream" },
      body: new URLSearchParams({ text: said, idempotency_key: key.value }),
    });
    if (!reply.ok || !(reply.headers.get("content-type") || "").startsWith("text/event-stream")) throw new Error("no stream");
    for await (const { name, data } of events(reply.body)) {
      if (name === "part") place.append(partOf(data));
      if (name === "failed") return data.text;
      if (name === "done") {
        key.value = data.next_key;
        return "";
      }
    }
    throw new Error("the stream broke off");
  };

  form.addEventListener("submit", async (event) => {
    const said = text.value.trim();
    if (!said || button.getAttribute("aria-disabled") === "true") {
      if (said) event.preventDefault();
      return;
    }
    event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    state.textContent = "返事を用意しています…";
    const { turn, answer } = turnFor(said);
    let failure;
    try {
      failure = await send(said, answer);
    } catch {
      failure = "送れませんでした。もう一度「送る」を押してください。";
    }
    button.removeAttribute("aria-disabled");
    state.textContent = failure || "返事が届きました。";
    if (failure) turn.remove();
    else text.value = "";
  });
})();

// Stands in for Twilio's signalling in pages on this machine: it replaces window.WebSocket for Twilio's addresses before
// Twilio's Voice SDK is loaded. What the SDK says goes to the local Twilio; the sound of a call stays in the page, where
// a second RTCPeerConnection is its other end, or goes on to the page of another browser that the call is connected with.
"use strict";
(() => {
  const SIGNALS = new URL("signals/", document.currentScript.src);
  const SOUNDS = new URL("sounds/", document.currentScript.src);
  const TWILIO = /^wss:\/\/voice-js\.[\w-]+\.twilio\.com\/signal$/;
  const GATHERING_MS = 2000; // until the addresses of this machine are found
  const HEARTBEAT = "\n";
  const Native = window.WebSocket;
  const calls = new Map(); // by SID, and by the SDK's own name until that is known; they outlive a lost connection
  let context = null;

  function sharedContext() {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {}); // before the first click there is no sound
    return context;
  }

  function gathered(connection) {
    return new Promise((resolve) => {
      const look = () => connection.iceGatheringState === "complete" && resolve();
      connection.addEventListener("icegatheringstatechange", look);
      setTimeout(resolve, GATHERING_MS);
      look();
    });
  }

  // Without this kind of payload the SDK sends keys as messages, which are read here, and not as tones.
  function withoutTones(sdp) {
    const kinds = [...sdp.matchAll(/^a=rtpmap:(\d+) telephone-event\/.*\r\n/gm)].map((found) => found[1]);
    const kept = sdp.split("\r\n").filter((line) => !kinds.some((kind) => new RegExp(`^a=(rtpmap|fmtp|rtcp-fb):${kind} `).test(line)));
    return kept.map((line) => (line.startsWith("m=audio ") ? line.split(" ").filter((word, at) => at < 3 || !kinds.includes(word)).join(" ") : line)).join("\r\n");
  }

  // The other end of a call's sound.
  class FarEnd {
    constructor() {
      this.sid = "";
      this.described = null; // the promise of what the SDK is answered once the line picks up
      this.connection = new RTCPeerConnection();
      this.speaks = sharedContext().createMediaStreamDestination();
      this.hears = new MediaStream();
      this.bridges = new Map();
      this.playing = new Set();
      this.silentFrom = 0; // when all that is to be heard will have been, in seconds of the context
      this.connection.addTrack(this.speaks.stream.getAudioTracks()[0], this.speaks.stream);
      this.connection.addEventListener("track", ({ track }) => this.hears.addTrack(track));
    }

    async answer(sdp) {
      await this.connection.setRemoteDescription({ type: "offer", sdp });
      await this.connection.setLocalDescription();
      await gathered(this.connection);
      return withoutTones(this.connection.localDescription.sdp);
    }

    async offer() {
      await this.connection.setLocalDescription();
      await gathered(this.connection);
      return withoutTones(this.connection.localDescription.sdp);
    }

    async accept(sdp) {
      sharedContext();
      await this.connection.setRemoteDescription({ type: "answer", sdp });
    }

    // Connect with another page: without a description begin, with one go on; return what it is to be told.
    async bridge(peer, description) {
      const connection = this.bridges.get(peer) ?? this.bridged(peer);
      if (description) await connection.setRemoteDescription(description);
      if (description?.type === "answer") return null;
      await connection.setLocalDescription();
      await gathered(connection);
      return connection.localDescription;
    }

    bridged(peer) {
      const connection = new RTCPeerConnection();
      this.bridges.set(peer, connection);
      for (const track of this.hears.getTracks()) connection.addTrack(track, this.hears);
      connection.addEventListener("track", ({ track }) => this.mix(new MediaStream([track])));
      return connection;
    }

    mix(stream) {
      const flowing = new Audio(); // Chromium lets a stream from elsewhere flow only where an element plays it
      flowing.muted = true;
      flowing.srcObject = stream;
      flowing.play().catch(() => {});
      sharedContext().createMediaStreamSource(stream).connect(this.speaks);
    }

    // Let a file be heard after those that are; what cannot be had is left out.
    async play(name) {
      const context = sharedContext();
      const answer = await fetch(new URL(name, SOUNDS));
      if (!answer.ok) return;
      const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(await answer.arrayBuffer()) });
      source.connect(this.speaks);
      this.silentFrom = Math.max(this.silentFrom, context.currentTime);
      source.start(this.silentFrom);
      this.silentFrom += source.buffer.duration;
      this.playing.add(source);
      source.addEventListener("ended", () => this.playing.delete(source));
    }

    stop() {
      for (const source of this.playing) source.stop();
      this.silentFrom = 0;
    }

    part() {
      for (const connection of this.bridges.values()) connection.close();
      this.bridges.clear();
    }

    close() {
      this.stop();
      this.part();
      this.connection.close();
    }
  }

  class Signalling extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
      this.readyState = Native.CONNECTING;
      this.address = new URL(crypto.randomUUID(), SIGNALS);
      this.heard = this.said = Promise.resolve(); // each message in its turn
      this.source = new EventSource(this.address);
      this.source.addEventListener("open", () => this.opened());
      this.source.addEventListener("error", () => this.ended(1006, "the local Twilio is gone"));
      this.source.addEventListener("message", ({ data }) => {
        this.heard = this.heard.then(() => this.hear(JSON.parse(data))).catch((error) => console.error("signalling", error));
      });
    }

    opened() {
      this.readyState = Native.OPEN;
      this.dispatchEvent(new Event("open"));
    }

    ended(code, reason) {
      if (this.readyState === Native.CLOSED) return;
      this.readyState = Native.CLOSED;
      this.source.close();
      this.dispatchEvent(new CloseEvent("close", { code, reason }));
    }

    close(code = 1000, reason = "") {
      this.ended(code, reason);
    }

    send(message) {
      if (message === HEARTBEAT) return; // an answer to ours
      const { type, payload } = JSON.parse(message);
      this.said = this.said.then(() => this.say(type, payload)).catch((error) => console.error("signalling", error));
    }

    async post(type, payload) {
      if (this.readyState === Native.CLOSED) return;
      try {
        const answer = await fetch(this.address, { method: "POST", body: JSON.stringify({ type, payload }), keepalive: type === "hangup" });
        if (!answer.ok) this.ended(1006, `the local Twilio answered ${answer.status}`);
      } catch {
        this.ended(1006, "the local Twilio does not answer");
      }
    }

    give(type, payload) {
      this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ type, payload }) }));
    }

    // From the SDK to the local Twilio.
    async say(type, payload) {
      const { sdp, ...told } = payload ?? {};
      const call = calls.get(told.callsid);
      if (type === "invite") return this.invite(told, sdp);
      if (type === "reinvite") return this.give("answer", { callsid: told.callsid, sdp: await call.answer(sdp) });
      if (type === "answer") await call?.accept(sdp);
      if (type === "hangup") call?.close();
      if (type === "reject") forget(call); // nothing more is told of it
      if (type === "hangup" && call && !call.sid) call.isOver = true; // its SID is not known here yet
      else await this.post(type, { ...told, callsid: call?.sid || told.callsid });
    }

    async invite({ callsid, reconnect, twilio }, sdp) {
      if (reconnect) return this.post("invite", { callsid, reconnect });
      const call = new FarEnd();
      calls.set(callsid, call);
      this.placed = callsid;
      call.described = call.answer(sdp);
      await this.post("invite", { callsid, parameters: Object.fromEntries(new URLSearchParams(twilio?.params ?? "")) });
    }

    // From the local Twilio to the SDK.
    async hear({ type, payload }) {
      if (!type) this.dispatchEvent(new MessageEvent("message", { data: HEARTBEAT }));
      else if (HEARD[type]) await HEARD[type](this, payload, calls.get(payload.callsid));
      else this.give(type, payload);
    }
  }

  const HEARD = {
    ringing(signalling, payload) {
      const call = calls.get(signalling.placed);
      call.sid = payload.callsid;
      calls.set(call.sid, call);
      if (call.isOver) return signalling.post("hangup", { callsid: call.sid });
      signalling.give("ringing", payload);
    },
    async answer(signalling, payload, call) {
      const sdp = await call?.described;
      if (call) call.described = null; // one that comes back after a lost connection has its sound already
      signalling.give("answer", sdp ? { ...payload, sdp } : payload);
    },
    async invite(signalling, payload) {
      const call = new FarEnd();
      call.sid = payload.callsid;
      calls.set(call.sid, call);
      signalling.give("invite", { ...payload, sdp: await call.offer() });
    },
    async media(signalling, { callsid, peer, description }, call) {
      const own = await call?.bridge(peer, description);
      if (own) await signalling.post("media", { callsid, peer, description: own });
    },
    apart: (_, __, call) => call?.part(),
    hangup: over("hangup"),
    cancel: over("cancel"),
    sound: (_, { name }, call) => call?.play(name),
    silence: (_, __, call) => call?.stop(),
  };

  function forget(call) {
    call?.close();
    for (const [name, one] of calls) if (one === call) calls.delete(name);
  }

  function over(type) {
    return (signalling, payload, call) => {
      forget(call);
      signalling.give(type, payload);
    };
  }

  window.WebSocket = new Proxy(Native, {
    construct: (made, [url, ...more]) => (TWILIO.test(url) ? new Signalling(url) : new made(url, ...more)),
  });
})();

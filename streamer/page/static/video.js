// Decodes a stream's own H.264 in the browser (WebCodecs) and draws it at once.

const MOST_WAITING = 8;

export const canDecode = "VideoDecoder" in window;

// Returns the codec's name from the parameters that stand before a key frame.
function codecOf(bytes) {
  for (let i = 0; i + 7 < bytes.length; i += 1) {
    const start = bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1;
    if (start && (bytes[i + 3] & 31) === 7) {
      const three = [...bytes.subarray(i + 4, i + 7)];
      return `avc1.${three.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    }
  }
  return null;
}

export class Video {
  // `draw` gets each picture and its microseconds; `fail` a line that says what is wrong.
  constructor(draw, fail) {
    this.draw = draw;
    this.fail = fail;
    this.codec = null;
    this.waitForKey = true;
  }

  take(data) {
    const head = new DataView(data), key = head.getUint8(0) === 1;
    const bytes = new Uint8Array(data, 9);
    if (this.decoder && this.decoder.decodeQueueSize > MOST_WAITING) this.waitForKey = true;
    if (this.waitForKey && !key) return;
    if (key && !this.configure(codecOf(bytes))) return;
    this.waitForKey = false;
    this.decoder.decode(new EncodedVideoChunk({
      type: key ? "key" : "delta", timestamp: Number(head.getBigUint64(1)), data: bytes,
    }));
  }

  configure(codec) {
    if (!codec) return false;
    if (codec === this.codec && this.decoder.state === "configured") return true;
    this.close();
    this.decoder = new VideoDecoder({
      output: (frame) => { this.draw(frame, frame.timestamp); frame.close(); },
      error: (error) => this.fail(`this browser cannot show it: ${error.message}`),
    });
    this.decoder.configure({ codec, optimizeForLatency: true });
    this.codec = codec;
    return true;
  }

  close() {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.codec = null;
    this.waitForKey = true;
  }
}

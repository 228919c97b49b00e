"""Every line marked with `refused` must be an error for pyright; tests/typing/check.py sees to it."""

import rp_audio
import rp_audio.sync
import rp_text
import rp_text.sync
import rp_core
import rp_image
import rp_image.sync
import rp_net
import rp_net.sync
import rp_video
import rp_video.sync
from rp_core import Fallback

rp_image.sync.load(1)  # refused
rp_image.sync.load("a", bogus=1)  # refused
rp_image.sync.load("a", mode="cmyk")  # refused
rp_image.load("a", bogus=1)  # refused
rp_image.load_many(["a"], limit="x")  # refused
rp_image.load_many(["a"], bogus=1)  # refused
rp_image.sync.stream(["a"], on_error="ignore")  # refused
rp_image.nope  # refused
rp_net.nope  # refused
rp_net.sync.nope  # refused
rp_net.sync.get(1)  # refused
rp_net.sync.get("http://a", bogus=1)  # refused
rp_net.sync.get("http://a", content=b"")  # refused
rp_net.sync.fetch_many(["http://a"], on_error="ignore")  # refused
rp_net.Client(bogus=1)  # refused
rp_net.Client(backend="curl")  # refused
rp_image.sync.nope  # refused
rp_core.nope  # refused
rp_core.thread_map(len, [1])  # refused
rp_core.amap(len, ["a"])  # refused

rp_text.nope  # refused
rp_text.sync.read_lines(5)  # refused
rp_text.sync.read_text("a", charset="b")  # refused
rp_text.sync.highlight("a", to="latex")  # refused
rp_text.sync.format_code("a", "python", backend="yapf")  # refused
rp_text.sync.write_text("a", b"b")  # refused
rp_text.sync.load_json("a", backend="ujson")  # refused
rp_audio.nope  # refused
rp_audio.sync.load(5)  # refused
rp_audio.sync.load("a", speed=2)  # refused
rp_audio.sync.normalize(("a", 5), "rms")  # refused
rp_audio.sync.save("a.wav", "sound")  # refused
rp_audio.sync.tts("a", path=5)  # refused
rp_video.nope  # refused
rp_video.sync.save("a.mp4", 5)  # refused

chain: Fallback[[int], str] = Fallback("rp_demo.misuse")


@chain.via()  # refused
def wrong(number: str) -> str:
    return number


async def forgotten() -> None:
    rp_image.load("a")  # refused
    rp_image.load_many(["a"])  # refused
    rp_net.get("http://a")  # refused
    rp_audio.play("a")  # refused
    rp_text.write_text("a", "b")  # refused


chain("a")  # refused
chain.using(3)  # refused

"""llama-server on this machine's loopback: the time to the first token as its clients see it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fieldkit.errors import FieldkitError

HOST = "127.0.0.1"
_START_S = 300.0
_ANSWER_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: ``ttft_s`` from sending the request to the first token.

    ``prompt_tokens`` is the whole prompt, of which ``cached_tokens`` were not read again.
    """

    ttft_s: float
    text: str
    prompt_tokens: int
    cached_tokens: int


class LlamaServer:
    """A running server with one slot."""

    def __init__(self, port: int) -> None:
        self._port = port

    def complete(self, prompt: str, *, tokens: int, cache: bool) -> Answer:
        """Answer the rendered ``prompt`` greedily with at most ``tokens`` tokens.

        ``cache`` is the server's ``cache_prompt``. Control tokens in the prompt are recognised,
        and the model's first token is put before it.
        """
        body = json.dumps(
            {
                "prompt": prompt,
                "n_predict": tokens,
                "cache_prompt": cache,
                "stream": True,
                "temperature": 0.0,
                "ignore_eos": True,
            }
        )
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_ANSWER_S)
        try:
            began = time.perf_counter()
            connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                raise FieldkitError(f"llama-server answered {response.status}: {response.read()!r}")
            first, text, last = 0.0, "", {}
            for line in response:
                if not line.startswith(b"data: "):
                    continue
                first = first or time.perf_counter() - began
                last = json.loads(line[6:])
                text += last.get("content", "")
        finally:
            connection.close()
        timings = last["timings"]
        return Answer(
            ttft_s=first,
            text=text,
            prompt_tokens=int(last["tokens_evaluated"]),
            cached_tokens=int(timings["cache_n"]),
        )

    def ready(self) -> bool:
        """Whether the model is loaded."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def serving(program: Path, model: Path, *, context: int, threads: int) -> Iterator[LlamaServer]:
    """Start a server and wait until its model is loaded; it is ended by its own handle.

    Its settings are its defaults, with one slot, the given context, and no second cache of old
    prompts in RAM, whose copies would be part of its times.
    """
    port = _free_port()
    command = [
        str(program), "--model", str(model), "--host", HOST, "--port", str(port),
        "--ctx-size", str(context), "--parallel", "1", "--threads", str(threads),
        "--cache-ram", "0",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            server = LlamaServer(port)
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server: LlamaServer, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while not server.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            tail = log.read().decode("utf-8", "replace")[-2000:]
            raise FieldkitError(f"llama-server did not start (status {process.poll()}):\n{tail}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

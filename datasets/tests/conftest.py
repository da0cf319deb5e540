"""A server on this machine plays the mirrors from which data is fetched."""
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tinytorch.datasets import download


class Mirror(BaseHTTPRequestHandler):
    """Sends `files`; understands Range if `ranges`; breaks off `breaks` times, with half of a file to come."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        mirror, name = self.server, self.path.rpartition("/")[2]
        asked = self.headers.get("Range")
        mirror.seen.append((name, asked))
        if name not in mirror.files:
            return self.send_error(404)
        content, start = mirror.files[name], int(re.findall(r"\d+", asked)[0]) if asked and mirror.ranges else 0
        if asked and mirror.ranges and start >= len(content):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if mirror.breaks and len(content) > 1000:
            mirror.breaks -= 1
            content = content[: start + (len(content) - start) // 2]
        self.wfile.write(content[start:])


@pytest.fixture
def serve(monkeypatch):
    """Starts mirrors; each has its `address` and what was `seen` there."""
    started = []

    def start(files, ranges=True, breaks=0):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
        server.files, server.ranges, server.breaks, server.seen = files, ranges, breaks, []
        server.address = f"http://127.0.0.1:{server.server_address[1]}/data"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(server)
        return server

    monkeypatch.setattr("time.sleep", lambda seconds: None)  # pooch waits before it tries again
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    yield start
    for server in started:
        server.shutdown()
        server.server_close()

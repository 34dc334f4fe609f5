"""The server as any HTTP client sees it."""

import requests


def test_viewer_is_served_at_the_root(server):
    reply = requests.get(server.url, timeout=10)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "script-src 'nonce-" in reply.headers["content-security-policy"]


def test_files_of_another_build_are_gone(server):
    reply = requests.get(f"{server.url}/pkg/spanfall.000000000000.js", timeout=10)
    assert reply.status_code == 404
    assert not reply.headers["content-type"].startswith("text/html")

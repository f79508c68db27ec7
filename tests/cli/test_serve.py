"""Serving: what stands in the way is told before anything starts."""

import socket

from click.testing import CliRunner

from dudao.cli import main


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = CliRunner().invoke(main, ["serve", "--port", str(port), "--no-worker"])
    assert told.exit_code == 1
    assert f"127.0.0.1:{port}" in told.output
    assert f"--port {port + 1}" in told.output

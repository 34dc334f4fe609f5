//! The real program as a process, and a client of a few lines.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_spanfall");

/// A server of our own on a free port; killed when dropped.
pub struct Server {
    pub child: Child,
    pub port: u16,
}

impl Server {
    /// Starts it in a folder.
    pub fn start(folder: &Path) -> Self {
        Self::start_under(folder, Command::new(PROGRAM))
    }

    /// Starts it with further arguments.
    pub fn start_with(folder: &Path, arguments: &[&str]) -> Self {
        Self::spawn(folder, Command::new(PROGRAM), arguments)
    }

    /// Starts `command` (the program, or a tracer with the program as its last argument) and waits for the address.
    pub fn start_under(folder: &Path, command: Command) -> Self {
        Self::spawn(folder, command, &[])
    }

    fn spawn(folder: &Path, mut command: Command, arguments: &[&str]) -> Self {
        let mut child = command
            .args([
                "serve",
                "--port",
                "0",
                "--backend-store-uri",
                "sqlite:///spanfall.db",
            ])
            .args(["--artifacts-destination", "artifacts"])
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the server prints a line");
        let port = line
            .trim()
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .and_then(|p| p.parse().ok());
        Self {
            child,
            port: port.unwrap_or_else(|| panic!("no address in {line:?}")),
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.child.kill().expect("the server is still there");
        self.child.wait().expect("the server ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request on a connection of its own; `None` if the server went away before it answered.
pub fn request(port: u16, method: &str, path: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
         content-type: application/json\r\nx-mlflow-experiment-id: 0\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).ok()?;
    let end = reply.windows(4).position(|w| w == b"\r\n\r\n")?;
    let status = std::str::from_utf8(&reply[..end])
        .ok()?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    Some((status, reply.split_off(end + 4)))
}

/// The bytes of a chunked body, or the body itself if it is not chunked.
pub fn dechunk(body: &[u8]) -> Vec<u8> {
    if body.first() == Some(&b'{') {
        return body.to_vec();
    }
    let (mut out, mut rest) = (Vec::new(), body);
    while let Some(line) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&rest[..line])
            .ok()
            .and_then(|s| usize::from_str_radix(s, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else {
            break;
        };
        out.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest = &rest[line + 2 + size + 2..];
    }
    out
}

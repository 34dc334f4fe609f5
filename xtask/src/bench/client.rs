//! A keep-alive HTTP/1.1 client of a few lines, so that the load generator takes as little as possible of the two cores that it
//! shares with the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, bail};

/// One connection to a server on this machine.
pub struct Client {
    stream: BufReader<TcpStream>,
    port: u16,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// Seconds of `Retry-After`, if given.
    pub retry_after: Option<f64>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Client {
    pub fn connect(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(600)))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            port,
        })
    }

    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Reply> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-length: {}\r\n",
            self.port,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        self.reply()
    }

    fn reply(&mut self) -> anyhow::Result<Reply> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
        let status = status.with_context(|| format!("not an HTTP reply: {line:?}"))?;
        let (mut length, mut chunked, mut retry_after) = (0_usize, false, None);
        let mut headers = Vec::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
                "retry-after" => retry_after = value.trim().parse().ok(),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            self.chunks(&mut body)?;
        } else {
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
        }
        Ok(Reply {
            status,
            body,
            retry_after,
            headers,
        })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> anyhow::Result<()> {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let Ok(size) = usize::from_str_radix(line.trim(), 16) else {
                bail!("bad chunk size {line:?}")
            };
            let at = body.len();
            body.resize(at + size, 0);
            self.stream.read_exact(&mut body[at..])?;
            line.clear();
            self.stream.read_line(&mut line)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

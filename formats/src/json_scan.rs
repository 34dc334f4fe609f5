//! A validating scanner over JSON text that allocates nothing for flat values and never recurses.
//!
//! Span attributes are JSON text of any size and depth. Ingest asks only whether a text is JSON, and
//! reads copy it piece by piece into another shape; neither needs a tree of values. Accepts what
//! Python's `json.loads` accepts: `NaN`, `Infinity`, `-Infinity` and unpaired surrogate escapes too.

/// A piece of JSON text. Strings and keys keep their quotes and escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The key of the value that follows.
    Key(&'a str),
    /// A string.
    Text(&'a str),
    /// A number as it is written.
    Number(&'a str),
    /// `NaN`, `Infinity` or `-Infinity`, which Python writes and JSON does not know.
    NonFinite(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
}

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Whether a text is one JSON value and nothing else.
pub fn is_valid(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    loop {
        match scanner.next_token() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(Malformed) => return false,
        }
    }
}

/// Walks over one JSON value.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    expect: Expect,
    /// One entry for each open container, true for objects.
    open: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    CommaOrEnd,
    Nothing,
}

impl<'a> Scanner<'a> {
    /// Starts at the first byte of a text.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            expect: Expect::Value,
            open: Vec::new(),
        }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on until so many open containers are closed.
    ///
    /// # Errors
    /// [`Malformed`] where the text stops being JSON, or ends.
    pub fn skip_open(&mut self, mut depth: usize) -> Result<(), Malformed> {
        while depth > 0 {
            match self.next_token()?.ok_or(Malformed)? {
                Token::ObjectStart | Token::ArrayStart => depth += 1,
                Token::ObjectEnd | Token::ArrayEnd => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// The next token, `None` after the last one.
    ///
    /// # Errors
    /// [`Malformed`] where the text stops being JSON; tokens before that were given out already.
    pub fn next_token(&mut self) -> Result<Option<Token<'a>>, Malformed> {
        loop {
            self.skip_space();
            let Some(byte) = self.peek() else {
                return if self.expect == Expect::Nothing {
                    Ok(None)
                } else {
                    Err(Malformed)
                };
            };
            match (self.expect, byte) {
                (Expect::CommaOrEnd, b',') => {
                    self.at += 1;
                    let in_object = self.open.last().copied().unwrap_or_default();
                    self.expect = if in_object {
                        Expect::Key
                    } else {
                        Expect::Value
                    };
                }
                (Expect::CommaOrEnd | Expect::KeyOrEnd, b'}') => return self.close(true).map(Some),
                (Expect::CommaOrEnd | Expect::ValueOrEnd, b']') => {
                    return self.close(false).map(Some);
                }
                (Expect::Key | Expect::KeyOrEnd, b'"') => return self.key().map(Some),
                (Expect::Value | Expect::ValueOrEnd, _) => return self.value(byte).map(Some),
                _ => return Err(Malformed),
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, first: u8) -> Result<Token<'a>, Malformed> {
        let token = match first {
            b'{' => {
                self.at += 1;
                self.open.push(true);
                self.expect = Expect::KeyOrEnd;
                return Ok(Token::ObjectStart);
            }
            b'[' => {
                self.at += 1;
                self.open.push(false);
                self.expect = Expect::ValueOrEnd;
                return Ok(Token::ArrayStart);
            }
            b'"' => Token::Text(self.string()?),
            b't' => self.word("true", Token::Bool(true))?,
            b'f' => self.word("false", Token::Bool(false))?,
            b'n' => self.word("null", Token::Null)?,
            b'N' => self.word("NaN", Token::NonFinite("NaN"))?,
            b'I' => self.word("Infinity", Token::NonFinite("Infinity"))?,
            b'-' if self.rest().starts_with("-I") => {
                self.word("-Infinity", Token::NonFinite("-Infinity"))?
            }
            b'-' | b'0'..=b'9' => Token::Number(self.number()?),
            _ => return Err(Malformed),
        };
        self.after_value();
        Ok(token)
    }

    fn close(&mut self, is_object: bool) -> Result<Token<'a>, Malformed> {
        if self.open.pop() != Some(is_object) {
            return Err(Malformed);
        }
        self.at += 1;
        self.after_value();
        Ok(if is_object {
            Token::ObjectEnd
        } else {
            Token::ArrayEnd
        })
    }

    fn key(&mut self) -> Result<Token<'a>, Malformed> {
        let key = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() {
            Expect::Nothing
        } else {
            Expect::CommaOrEnd
        };
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn word(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, Malformed> {
        if !self.rest().starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(token)
    }

    /// A string from the opening to the closing quote.
    fn string(&mut self) -> Result<&'a str, Malformed> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + 1;
        loop {
            at += plain_run(&bytes[at..]);
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(&self.text[start..self.at]);
                }
                Some(b'\\') => at += escape_len(&bytes[at..])?,
                // The end of the text, or a control character, which must be escaped.
                _ => return Err(Malformed),
            }
        }
    }

    fn number(&mut self) -> Result<&'a str, Malformed> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + usize::from(bytes[start] == b'-');
        let whole = digits(&bytes[at..]);
        if whole == 0 || (whole > 1 && bytes[at] == b'0') {
            return Err(Malformed);
        }
        at += whole;
        if bytes.get(at) == Some(&b'.') {
            let fraction = digits(&bytes[at + 1..]);
            if fraction == 0 {
                return Err(Malformed);
            }
            at += 1 + fraction;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(&bytes[(at + 1 + sign).min(bytes.len())..]);
            if exponent == 0 {
                return Err(Malformed);
            }
            at += 1 + sign + exponent;
        }
        self.at = at;
        Ok(&self.text[start..at])
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// The bytes of an escape sequence that starts at the backslash.
fn escape_len(bytes: &[u8]) -> Result<usize, Malformed> {
    match bytes.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') if bytes.len() >= 6 && bytes[2..6].iter().all(u8::is_ascii_hexdigit) => Ok(6),
        _ => Err(Malformed),
    }
}

/// How many bytes from the start are neither a quote, nor a backslash, nor a control character.
///
/// Eight at a time: strings are nearly all of a span's bytes, and every byte that arrives passes here.
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is zero, possibly of bytes above it too; never of bytes below.
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(chunk.try_into().expect("chunks have eight bytes"));
        let quotes = zero_bytes(word ^ (ONES * u64::from(b'"')));
        let backslashes = zero_bytes(word ^ (ONES * u64::from(b'\\')));
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let special = quotes | backslashes | controls;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_plain = |byte: &&u8| **byte >= 0x20 && **byte != b'"' && **byte != b'\\';
    at + bytes[at..].iter().take_while(is_plain).count()
}

#[cfg(test)]
mod tests;

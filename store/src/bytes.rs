//! Reading and writing of the small binary formats this crate stores: variable-length integers and byte strings.
//! The reader never panics and never allocates more than the input justifies: its input may be damaged.

/// The bytes do not have the form they should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("damaged bytes: {0}")]
pub(crate) struct Damaged(pub &'static str);

/// Appends values to a byte vector.
pub(crate) trait Put {
    /// Seven bits a byte, lowest first.
    fn put_uint(&mut self, value: u64);
    /// Zigzag, then as [`Put::put_uint`]: small absolute values are short.
    fn put_int(&mut self, value: i64);
    /// Length, then the bytes.
    fn put_bytes(&mut self, bytes: &[u8]);
    /// Length, then the text as UTF-8.
    fn put_text(&mut self, text: &str);
    /// One byte for `None`, else as [`Put::put_text`] with the length raised by one.
    fn put_text_option(&mut self, text: Option<&str>);
}

impl Put for Vec<u8> {
    fn put_uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }

    fn put_int(&mut self, value: i64) {
        self.put_uint(((value << 1) ^ (value >> 63)) as u64);
    }

    fn put_bytes(&mut self, bytes: &[u8]) {
        self.put_uint(bytes.len() as u64);
        self.extend_from_slice(bytes);
    }

    fn put_text(&mut self, text: &str) {
        self.put_bytes(text.as_bytes());
    }

    fn put_text_option(&mut self, text: Option<&str>) {
        match text {
            None => self.push(0),
            Some(text) => {
                self.put_uint(text.len() as u64 + 1);
                self.extend_from_slice(text.as_bytes());
            }
        }
    }
}

/// Takes values off the front of a byte slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged("too short"))?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Damaged("too short"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| Damaged("too short"))
    }

    pub(crate) fn uint(&mut self) -> Result<u64, Damaged> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Damaged("number too large"));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damaged("number too long"))
    }

    pub(crate) fn int(&mut self) -> Result<i64, Damaged> {
        let value = self.uint()?;
        Ok(((value >> 1) as i64) ^ -((value & 1) as i64))
    }

    pub(crate) fn uint32(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.uint()?).map_err(|_| Damaged("number too large"))
    }

    pub(crate) fn size(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.uint()?).map_err(|_| Damaged("length too large"))
    }

    /// A number of things of which each takes at least one of the bytes that follow: safe to allocate for.
    pub(crate) fn count(&mut self) -> Result<usize, Damaged> {
        let count = self.size()?;
        if count > self.rest.len() {
            return Err(Damaged("count too large"));
        }
        Ok(count)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let length = self.size()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Damaged> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Damaged("text is not UTF-8"))
    }

    pub(crate) fn text_option(&mut self) -> Result<Option<&'a str>, Damaged> {
        let Some(length) = self.size()?.checked_sub(1) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(self.take(length)?);
        text.map(Some).map_err(|_| Damaged("text is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_round_trip() {
        let mut out = Vec::new();
        let values = [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN, 1 << 40];
        for value in values {
            out.put_int(value);
            out.put_uint(value as u64);
        }
        let mut reader = Reader::new(&out);
        for value in values {
            assert_eq!(reader.int(), Ok(value));
            assert_eq!(reader.uint(), Ok(value as u64));
        }
        assert!(reader.rest().is_empty());
    }

    #[test]
    fn texts_round_trip() {
        let mut out = Vec::new();
        out.put_text("é");
        out.put_text_option(None);
        out.put_text_option(Some(""));
        let mut reader = Reader::new(&out);
        assert_eq!(reader.text(), Ok("é"));
        assert_eq!(reader.text_option(), Ok(None));
        assert_eq!(reader.text_option(), Ok(Some("")));
    }

    #[test]
    fn overlong_input_is_refused() {
        assert!(Reader::new(&[0xff; 11]).uint().is_err());
        assert!(Reader::new(&[0xff, 0xff, 0x7f]).bytes().is_err());
        assert!(Reader::new(&[5]).count().is_err());
    }
}

//! What stands within a line: emphasis, code, links.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Code.
    Code(String),
    /// Strong.
    Strong(Vec<Inline>),
    /// Emphasised.
    Emphasis(Vec<Inline>),
    /// Struck out.
    Struck(Vec<Inline>),
    /// A link with a safe address.
    Link(String, Vec<Inline>),
    /// A line ends.
    Break,
}

/// Emphasis within emphasis is followed so deep.
const DEPTH_MAX: u8 = 6;
/// The longest address of a link.
const ADDRESS_MAX: usize = 2_000;

/// Reads the pieces of a text.
pub fn inlines(text: &str) -> Vec<Inline> {
    Reader::new(text, 0).read()
}

/// An address that a link may lead to, if it is one: `http`, `https` or `mailto`, without blanks and control characters.
pub fn safe_link(address: &str) -> Option<&str> {
    let address = address.trim();
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\');
    if address.len() > ADDRESS_MAX || address.contains(is_odd) {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let is_web = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let is_safe = (is_web && rest.starts_with("//") && rest.len() > 2)
        || (scheme.eq_ignore_ascii_case("mailto") && rest.contains('@'));
    is_safe.then_some(address)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u8,
    found: Vec<Inline>,
    plain: String,
    /// Marks that are known not to come again; looking for each of them anew would take time in proportion to the square.
    absent: Vec<&'static str>,
    /// Lengths of rows of backticks that are known not to come again.
    absent_ticks: u64,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, depth: u8) -> Self {
        Self {
            text,
            at: 0,
            depth,
            found: Vec::new(),
            plain: String::new(),
            absent: Vec::new(),
            absent_ticks: 0,
        }
    }

    fn read(mut self) -> Vec<Inline> {
        while let Some(letter) = self.rest().chars().next() {
            let is_taken = match letter {
                '\\' => self.escape(),
                '\n' => self.line_break(1),
                '<' => self.line_break_tag(),
                '`' => self.code(),
                '!' => self.image(),
                '[' => self.link(),
                'h' | 'm' => self.bare_address(),
                '*' | '_' | '~' if self.depth < DEPTH_MAX => self.emphasis(letter),
                _ => false,
            };
            if !is_taken {
                self.plain.push(letter);
                self.at += letter.len_utf8();
            }
        }
        self.flush();
        self.found
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, piece: Inline, length: usize) -> bool {
        self.flush();
        self.found.push(piece);
        self.at += length;
        true
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.found
                .push(Inline::Text(std::mem::take(&mut self.plain)));
        }
    }

    /// Where a mark next stands from `from` on, unless that is known not to be.
    fn find(&mut self, mark: &'static str, from: usize) -> Option<usize> {
        if self.absent.contains(&mark) {
            return None;
        }
        let found = self.text.get(from..).and_then(|rest| rest.find(mark));
        if found.is_none() {
            self.absent.push(mark);
        }
        found.map(|at| from + at)
    }

    /// From here on no more than an address can be long.
    fn within(&self, from: usize) -> &'t str {
        let mut end = self.text.len().min(from + ADDRESS_MAX + 1);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        &self.text[from..end]
    }

    fn inner(&self, from: usize, to: usize) -> Vec<Inline> {
        Reader::new(&self.text[from..to], self.depth + 1).read()
    }

    fn escape(&mut self) -> bool {
        let Some(next) = self
            .rest()
            .chars()
            .nth(1)
            .filter(char::is_ascii_punctuation)
        else {
            return false;
        };
        self.plain.push(next);
        self.at += 2;
        true
    }

    fn line_break(&mut self, length: usize) -> bool {
        // Blanks before the end of a line say nothing more.
        let kept = self.plain.trim_end_matches(' ').len();
        self.plain.truncate(kept);
        self.push(Inline::Break, length)
    }

    fn line_break_tag(&mut self) -> bool {
        let tags = ["<br>", "<br/>", "<br />"];
        match tags.into_iter().find(|tag| self.rest().starts_with(tag)) {
            Some(tag) => self.line_break(tag.len()),
            None => self.address_in_brackets(),
        }
    }

    fn address_in_brackets(&mut self) -> bool {
        let inner = self.within(self.at + 1);
        let Some(end) = inner.find('>').map(|end| self.at + 1 + end) else {
            return false;
        };
        let address = &self.text[self.at + 1..end];
        match safe_link(address) {
            Some(link) => {
                let piece = Inline::Link(link.to_owned(), vec![Inline::Text(link.to_owned())]);
                let length = end + 1 - self.at;
                self.push(piece, length)
            }
            None => false,
        }
    }

    fn code(&mut self) -> bool {
        let ticks = self.rest().bytes().take_while(|byte| *byte == b'`').count();
        let bit = 1_u64 << ticks.min(63);
        let from = self.at + ticks;
        let close = (self.absent_ticks & bit == 0)
            .then(|| self.closing_ticks(from, ticks))
            .flatten();
        let Some(to) = close else {
            self.absent_ticks |= bit;
            self.plain.push_str(&self.text[self.at..from]);
            self.at = from;
            return true;
        };
        let code = self.text[from..to].replace('\n', " ");
        let is_padded = code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty();
        let code = if is_padded {
            code[1..code.len() - 1].to_owned()
        } else {
            code
        };
        let length = to + ticks - self.at;
        self.push(Inline::Code(code), length)
    }

    fn closing_ticks(&self, from: usize, ticks: usize) -> Option<usize> {
        let mut at = from;
        loop {
            at += self.text[at..].find('`')?;
            let found = self.text[at..]
                .bytes()
                .take_while(|byte| *byte == b'`')
                .count();
            if found == ticks {
                return Some(at);
            }
            at += found;
        }
    }

    fn image(&mut self) -> bool {
        if !self.rest().starts_with("![") {
            return false;
        }
        self.linked(self.at + 2)
    }

    fn link(&mut self) -> bool {
        self.linked(self.at + 1)
    }

    /// `text](address)` from `from` on.
    fn linked(&mut self, from: usize) -> bool {
        if self.depth >= DEPTH_MAX {
            return false;
        }
        let Some(middle) = self.find("](", from) else {
            return false;
        };
        let Some(end) = self.find(")", middle) else {
            return false;
        };
        let end = self.balanced(middle + 2, end);
        let label = self.inner(from, middle);
        let address = &self.text[middle + 2..end];
        // A title may follow the address.
        let address = address.split_whitespace().next().unwrap_or_default();
        let address = address.trim_matches(['<', '>']);
        let length = end + 1 - self.at;
        match safe_link(address) {
            Some(link) => {
                let label = match label.is_empty() {
                    true => vec![Inline::Text(link.to_owned())],
                    false => label,
                };
                let label = label.into_iter().map(without_links).collect();
                self.push(Inline::Link(link.to_owned(), label), length)
            }
            // Where it would have led is shown, not hidden.
            None => {
                self.plain.push_str(&self.text[self.at..self.at + length]);
                self.at += length;
                true
            }
        }
    }

    /// Addresses may hold brackets in pairs.
    fn balanced(&self, from: usize, first: usize) -> usize {
        let inner = &self.text[from..first];
        let opened = inner.matches('(').count().min(4);
        let mut end = first;
        for _ in 0..opened {
            let after = &self.text[end + 1..];
            let next = after.find(|c: char| c == ')' || c.is_whitespace());
            match next.filter(|at| after.as_bytes().get(*at) == Some(&b')')) {
                Some(next) => end += 1 + next,
                None => break,
            }
        }
        end
    }

    fn bare_address(&mut self) -> bool {
        let rest = self.within(self.at);
        let is_start = ["https://", "http://", "mailto:"]
            .iter()
            .any(|start| rest.starts_with(start));
        let before = self.plain.chars().next_back();
        if !is_start || before.is_some_and(char::is_alphanumeric) {
            return false;
        }
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`|\\[]{}*".contains(c);
        let end = rest.find(ends).unwrap_or(rest.len());
        let mut address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '_']);
        while address.ends_with(')') && address.matches(')').count() > address.matches('(').count()
        {
            address = &address[..address.len() - 1];
        }
        match safe_link(address) {
            Some(link) => {
                let piece = Inline::Link(link.to_owned(), vec![Inline::Text(link.to_owned())]);
                self.push(piece, link.len())
            }
            None => false,
        }
    }

    fn emphasis(&mut self, letter: char) -> bool {
        let rest = self.rest();
        let (mark, make): (&'static str, fn(Vec<Inline>) -> Inline) = match letter {
            '*' if rest.starts_with("**") => ("**", Inline::Strong),
            '_' if rest.starts_with("__") => ("__", Inline::Strong),
            '~' if rest.starts_with("~~") => ("~~", Inline::Struck),
            '*' => ("*", Inline::Emphasis),
            '_' => ("_", Inline::Emphasis),
            _ => return false,
        };
        let from = self.at + mark.len();
        let opens = self.text[from..]
            .chars()
            .next()
            .is_some_and(|c| !c.is_whitespace() && c != letter);
        let before = self.text[..self.at].chars().next_back();
        let is_within_word = letter == '_' && before.is_some_and(char::is_alphanumeric);
        let close = (opens && !is_within_word)
            .then(|| self.closing(mark, letter, from))
            .flatten();
        let Some(to) = close else {
            self.plain.push_str(mark);
            self.at = from;
            return true;
        };
        let inner = self.inner(from, to);
        let length = to + mark.len() - self.at;
        self.push(make(inner), length)
    }

    /// Where emphasis ends: after a letter, and for `_` not within a word.
    fn closing(&mut self, mark: &'static str, letter: char, from: usize) -> Option<usize> {
        /// Marks that do not close are passed over so often.
        const TRIES: usize = 16;
        let mut at = from;
        for _ in 0..TRIES {
            at = self.find(mark, at)?;
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + mark.len()..].chars().next();
            let is_longer = mark.len() == 1 && after == Some(letter);
            let closes = before
                .is_some_and(|c| !(c.is_whitespace() || mark.len() == 1 && c == letter))
                && !is_longer
                && !(letter == '_' && after.is_some_and(char::is_alphanumeric));
            if closes {
                return Some(at);
            }
            at += if is_longer { 2 } else { mark.len() };
        }
        None
    }
}

/// A link within a link is its text.
fn without_links(piece: Inline) -> Inline {
    match piece {
        Inline::Link(address, _) => Inline::Text(address),
        other => other,
    }
}

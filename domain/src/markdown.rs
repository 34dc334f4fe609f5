//! Markdown as a tree that the viewer draws piece by piece: never as HTML, so nothing in it can be markup of the page.
//!
//! Understood is what models write: headings, lists, code, quotes, tables, rules, emphasis, links. Line breaks stay, as in a chat.
//! HTML is text. Links lead to `http`, `https` and `mailto` addresses only; images are links, so that a page loads nothing from
//! elsewhere. Time and memory grow in proportion to the text, and nesting is bounded, whatever the text is.

mod inline;

pub use inline::{Inline, inlines, safe_link};

/// Lists in quotes in lists are followed so deep; what is deeper is text.
const DEPTH_MAX: u8 = 8;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// Code: its language, or empty, and its text.
    Code(String, String),
    /// A list: the number of its first item if it is numbered, and the items.
    List(Option<u32>, Vec<Vec<Block>>),
    /// A quotation.
    Quote(Vec<Block>),
    /// A table: head and rows, all of one width.
    Table(Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    /// A line across.
    Rule,
}

/// Reads a text.
pub fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    blocks(&lines, 0)
}

fn blocks(lines: &[&str], depth: u8) -> Vec<Block> {
    let mut found = Vec::new();
    let mut rest = lines;
    while let Some(line) = rest.first() {
        if line.trim().is_empty() {
            rest = &rest[1..];
            continue;
        }
        let (block, used) = block(rest, depth);
        found.push(block);
        // Every block is at least a line long.
        rest = &rest[used.max(1)..];
    }
    found
}

fn block(lines: &[&str], depth: u8) -> (Block, usize) {
    let line = lines[0];
    if let Some(fence) = Fence::opening(line) {
        return fence.code(lines);
    }
    if let Some(heading) = heading(line) {
        return (heading, 1);
    }
    if is_rule(line) {
        return (Block::Rule, 1);
    }
    if depth < DEPTH_MAX {
        if line.trim_start().starts_with('>') {
            return quote(lines, depth);
        }
        if let Some(marker) = Marker::of(line) {
            return list(lines, marker, depth);
        }
    }
    table(lines).unwrap_or_else(|| paragraph(lines, depth))
}

/// The fence around code: its letter, how often it stands there, how far it is indented.
struct Fence {
    letter: char,
    count: usize,
    indent: usize,
    language: String,
}

impl Fence {
    fn opening(line: &str) -> Option<Self> {
        let trimmed = line.trim_start();
        let letter = trimmed
            .chars()
            .next()
            .filter(|letter| matches!(letter, '`' | '~'))?;
        let count = trimmed.chars().take_while(|c| *c == letter).count();
        let language = trimmed.get(count..)?.trim();
        if count < 3 || (letter == '`' && language.contains('`')) {
            return None;
        }
        let language = language.split([' ', '{', ',']).next().unwrap_or_default();
        Some(Self {
            letter,
            count,
            indent: line.len() - trimmed.len(),
            language: language.to_owned(),
        })
    }

    fn closes(&self, line: &str) -> bool {
        let trimmed = line.trim();
        trimmed.chars().count() >= self.count && trimmed.chars().all(|c| c == self.letter)
    }

    /// The code up to the closing fence, or to the end: a model may have been cut off.
    fn code(self, lines: &[&str]) -> (Block, usize) {
        let inner = lines[1..].iter().take_while(|line| !self.closes(line));
        let inner: Vec<&str> = inner.map(|line| dedented(line, self.indent)).collect();
        let used = inner.len() + 2;
        let text = inner.join("\n");
        (Block::Code(self.language, text), used.min(lines.len()))
    }
}

/// A line without up to so many spaces at its beginning.
fn dedented(line: &str, most: usize) -> &str {
    let spaces = line
        .bytes()
        .take(most)
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    &line[spaces..]
}

fn heading(line: &str) -> Option<Block> {
    let trimmed = line.trim();
    let level = trimmed.bytes().take_while(|byte| *byte == b'#').count();
    let text = trimmed.get(level..)?;
    if !(1..=6).contains(&level) || !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim().trim_end_matches('#').trim_end();
    Some(Block::Heading(level as u8, inlines(text)))
}

fn is_rule(line: &str) -> bool {
    let mut letters = line.chars().filter(|c| !c.is_whitespace());
    let Some(first) = letters
        .next()
        .filter(|first| matches!(first, '-' | '*' | '_'))
    else {
        return false;
    };
    let mut more = 0;
    let is_same = letters.all(|letter| {
        more += 1;
        letter == first
    });
    is_same && more >= 2
}

fn quote(lines: &[&str], depth: u8) -> (Block, usize) {
    let marked = |line: &&&str| line.trim_start().starts_with('>');
    let inner = lines.iter().take_while(marked).map(|line| {
        let text = line.trim_start().get(1..).unwrap_or_default();
        text.strip_prefix(' ').unwrap_or(text)
    });
    let inner: Vec<&str> = inner.collect();
    (Block::Quote(blocks(&inner, depth + 1)), inner.len())
}

/// What begins an item of a list.
#[derive(Clone, Copy)]
struct Marker {
    indent: usize,
    /// Where the item's text begins.
    content: usize,
    number: Option<u32>,
}

impl Marker {
    fn of(line: &str) -> Option<Self> {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let first = trimmed.bytes().next()?;
        let (width, number) = match first {
            b'-' | b'*' | b'+' => (1, None),
            b'0'..=b'9' => {
                let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
                let ends = matches!(trimmed.as_bytes().get(digits), Some(b'.' | b')'));
                let number = trimmed[..digits].parse().ok().filter(|_| ends)?;
                (digits + 1, Some(number))
            }
            _ => return None,
        };
        let rest = &trimmed[width..];
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if spaces == 0 && !rest.is_empty() {
            return None;
        }
        Some(Self {
            indent,
            content: indent + width + spaces.clamp(1, 4),
            number,
        })
    }
}

fn list(lines: &[&str], first: Marker, depth: u8) -> (Block, usize) {
    let mut items: Vec<Vec<&str>> = Vec::new();
    let mut content = first.content;
    let mut used = 0;
    let mut is_after_blank = false;
    for line in lines {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if trimmed.is_empty() {
            is_after_blank = true;
            if let Some(item) = items.last_mut() {
                item.push("");
            }
            used += 1;
            continue;
        }
        let marker = Marker::of(line).filter(|_| !is_rule(line));
        let is_inner = indent > first.indent + 1 && !items.is_empty();
        match marker {
            Some(marker) if !is_inner => {
                if marker.indent + 1 < first.indent
                    || marker.number.is_some() != first.number.is_some()
                {
                    break;
                }
                content = marker.content;
                items.push(vec![
                    line.get(content.min(line.len())..).unwrap_or_default(),
                ]);
            }
            _ if is_inner || (!is_after_blank && !items.is_empty() && !interrupts(line)) => {
                if let Some(item) = items.last_mut() {
                    item.push(dedented(line, content));
                }
            }
            _ => break,
        }
        is_after_blank = false;
        used += 1;
    }
    let items = items.iter().map(|item| blocks(item, depth + 1)).collect();
    (Block::List(first.number, items), used)
}

/// Whether a line ends the paragraph before it.
fn interrupts(line: &str) -> bool {
    Fence::opening(line).is_some()
        || heading(line).is_some()
        || is_rule(line)
        || line.trim_start().starts_with('>')
}

fn table(lines: &[&str]) -> Option<(Block, usize)> {
    /// More columns than this are no table but a text of bars.
    const COLUMNS: usize = 64;
    let (head, below) = (lines.first()?, lines.get(1)?);
    if !head.contains('|') || !below.contains('-') {
        return None;
    }
    let head = cells(head);
    let marks = cells(below);
    let is_mark = |cell: &String| {
        let inner = cell.trim_matches(':');
        !inner.is_empty() && inner.bytes().all(|byte| byte == b'-')
    };
    if head.len() != marks.len() || head.len() > COLUMNS || !marks.iter().all(is_mark) {
        return None;
    }
    let width = head.len();
    let drawn = |cells: Vec<String>| {
        let mut drawn: Vec<Vec<Inline>> = cells.iter().map(|cell| inlines(cell)).collect();
        drawn.resize(width, Vec::new());
        drawn
    };
    let body = lines[2..].iter().take_while(|line| line.contains('|'));
    let rows: Vec<Vec<Vec<Inline>>> = body.map(|line| drawn(cells(line))).collect();
    let used = 2 + rows.len();
    Some((Block::Table(drawn(head), rows), used))
}

/// The cells of a line, by bars that no backslash stands before.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line
        .strip_suffix('|')
        .filter(|l| !l.ends_with('\\'))
        .unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'|') => {
                letters.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('|');
                }
            }
            '|' => cells.push(String::new()),
            other => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(other);
                }
            }
        }
    }
    cells
        .into_iter()
        .map(|cell| cell.trim().to_owned())
        .collect()
}

fn paragraph(lines: &[&str], depth: u8) -> (Block, usize) {
    let more = lines.iter().skip(1).take_while(|line| {
        let is_block = depth < DEPTH_MAX && (interrupts(line) || Marker::of(line).is_some());
        !line.trim().is_empty() && !is_block
    });
    let count = 1 + more.count();
    let text = lines[..count].join("\n");
    (Block::Paragraph(inlines(text.trim_end())), count)
}

#[cfg(test)]
mod tests;

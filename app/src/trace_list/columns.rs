//! Which columns a table of traces has, in which order and how wide. Pure; drawing is in `table` and `row`.
//!
//! In an address they are one text: `state,name:220,tag.env`. Without one the table chooses itself.
//!
//! A column of an attribute, `attribute.K`, shows the value of the trace's root; if the root has none, that of the first span by start that has
//! one. How many different values further spans have is said behind it. Of large traces the server looks at a part only: 4 MB of what spans
//! carry, the root's first. What lies beyond is not shown.

use crate::model::TraceRow;

/// What can be a column beside tags, metadata and feedback: its key in addresses, and its title.
pub const KNOWN: [(&str, &str); 17] = [
    ("state", "State"),
    ("time", "Time"),
    ("name", "Name"),
    ("preview", "Request → response"),
    ("request", "Request"),
    ("response", "Response"),
    ("duration", "Duration"),
    ("tokens", "Tokens"),
    ("cost", "Cost"),
    ("spans", "Spans"),
    ("who", "Session, user"),
    ("session", "Session"),
    ("user", "User"),
    ("run", "Run"),
    ("model", "Model"),
    ("feedback", "Feedback"),
    ("tags", "Tags"),
];
/// The most columns of a table.
pub const MOST: usize = 24;
/// What the keys of attributes' columns begin with.
pub const ATTRIBUTE: &str = "attribute.";
/// The least and the greatest width, in CSS pixels.
const WIDTHS: (u32, u32) = (40, 1_200);

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// One of [`KNOWN`], or `tag.`, `meta.` or `attribute.` and a key, or `feedback.` and a name.
    pub key: String,
    /// Its width in CSS pixels; 0 for that of its kind.
    pub width: u32,
}

/// The columns of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// In their order.
    pub list: Vec<Column>,
    /// What rows bring for some of them, in the order of [`TraceRow::extras`].
    pub extras: Vec<String>,
    /// The reader chose them, so all of them are drawn, however narrow the page.
    pub is_chosen: bool,
}

impl Column {
    /// Of this kind and its width.
    pub fn of(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            width: 0,
        }
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        let known = KNOWN.iter().find(|(key, _)| *key == self.key);
        match (known, self.key.split_once('.')) {
            (Some((_, title)), _) => title,
            (None, Some((_, key))) => key,
            (None, None) => &self.key,
        }
    }

    /// What its key is the key of; `None` for one of [`KNOWN`].
    pub fn kind(&self) -> Option<&'static str> {
        Some(match self.key.split_once('.')?.0 {
            "tag" => "tag",
            "feedback" => "feedback",
            "attribute" => "attribute",
            _ => "metadata",
        })
    }

    /// The class of its cells.
    pub fn class(&self) -> String {
        let kind = match self.key.as_str() {
            "request" | "response" => "text",
            "session" | "user" | "model" | "tags" => "extra",
            "spans" => "tokens",
            key if is_own(key) => "extra",
            key => key,
        };
        format!("trace-table__{kind}")
    }

    /// As wide as this, within bounds.
    pub fn sized(&self, width: u32) -> Self {
        Self {
            width: width.clamp(WIDTHS.0, WIDTHS.1),
            ..self.clone()
        }
    }
}

impl Columns {
    /// Those of a text, else those that the rows of a first page fill.
    pub fn new(text: &str, rows: &[TraceRow], is_run_known: bool) -> Self {
        let list = read(text);
        let is_chosen = !list.is_empty();
        Self {
            list: if is_chosen {
                list
            } else {
                usual(rows, is_run_known)
            },
            extras: extras(text),
            is_chosen,
        }
    }

    /// Something else that a row brings for a column.
    pub fn extra<'a>(&self, row: &'a TraceRow, key: &str) -> Option<&'a str> {
        let place = self.extras.iter().position(|extra| extra == key)?;
        let text = row.extras.get(place)?;
        (!text.is_empty()).then_some(text)
    }

    /// How many values a trace has for an attribute beside the one shown, if any.
    pub fn others<'a>(&self, row: &'a TraceRow, key: &str) -> Option<&'a str> {
        let mut attributes = attributes(&self.extras);
        let place = attributes.position(|(_, extra)| extra == key)?;
        let count = row.extras.get(self.extras.len() + place)?;
        (!count.is_empty()).then_some(count)
    }

    /// Whether there is such a column.
    pub fn has(&self, key: &str) -> bool {
        self.list.iter().any(|column| column.key == key)
    }
}

/// The columns of a text; what is no column is left out, and so is what was there before.
pub fn read(text: &str) -> Vec<Column> {
    let mut list: Vec<Column> = Vec::new();
    for part in text.split(',') {
        let (key, width) = part.trim().split_once(':').unwrap_or((part.trim(), ""));
        let key = unescaped(key);
        let is_known = KNOWN.iter().any(|(known, _)| *known == key) || is_own(&key);
        if is_known && list.len() < MOST && list.iter().all(|column| column.key != key) {
            let column = Column { key, width: 0 };
            list.push(match width.parse() {
                Ok(width) => column.sized(width),
                Err(_) => column,
            });
        }
    }
    list
}

/// The inverse of [`read`].
pub fn write(list: &[Column]) -> String {
    let mut out = String::new();
    for column in list {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&escaped(&column.key));
        if column.width > 0 {
            out.push(':');
            out.push_str(&column.width.to_string());
        }
    }
    out
}

/// Keys of the columns of a text that rows bring only when asked for.
pub fn extras(text: &str) -> Vec<String> {
    let keys = read(text).into_iter().map(|column| column.key);
    keys.filter(|key| key == "model" || is_own(key)).collect()
}

/// Those of them that are attributes of spans, with their places.
pub fn attributes(extras: &[String]) -> impl Iterator<Item = (usize, &String)> {
    let places = extras.iter().enumerate();
    places.filter(|(_, key)| key.starts_with(ATTRIBUTE))
}

/// Whether a key is that of a tag, of metadata, of an attribute or of feedback.
fn is_own(key: &str) -> bool {
    let kinds = ["tag.", "meta.", "feedback.", ATTRIBUTE];
    kinds
        .iter()
        .any(|kind| key.len() > kind.len() && key.starts_with(kind))
}

fn usual(rows: &[TraceRow], is_run_known: bool) -> Vec<Column> {
    let any = |is_filled: fn(&TraceRow) -> bool| rows.iter().any(is_filled);
    let usual = [
        ("state", true),
        ("time", true),
        ("name", true),
        ("preview", true),
        ("duration", true),
        ("tokens", any(|row| row.tokens.is_some())),
        ("cost", any(|row| row.cost.is_some())),
        (
            "who",
            any(|row| row.session.is_some() || row.user.is_some()),
        ),
        ("run", !is_run_known && any(|row| row.run.is_some())),
        ("feedback", any(|row| !row.feedback.is_empty())),
    ];
    let usual = usual.into_iter().filter(|(_, is_shown)| *is_shown);
    usual.map(|(key, _)| Column::of(key)).collect()
}

/// What parts a text of columns stands otherwise within a key.
fn escaped(key: &str) -> String {
    let key = key.replace('%', "%25");
    key.replace(',', "%2C").replace(':', "%3A")
}

fn unescaped(key: &str) -> String {
    let key = key.replace("%2C", ",").replace("%3A", ":");
    key.replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_is_written() {
        let list = read("state,name:220,tag.a%2Cb%253:80,meta.x.y");
        let keys: Vec<&str> = list.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(keys, ["state", "name", "tag.a,b%3", "meta.x.y"]);
        assert_eq!(list[1].width, 220);
        assert_eq!(read(&write(&list)), list);
        assert_eq!((list[1].title(), list[3].title()), ("Name", "x.y"));
        assert_eq!(list[3].class(), "trace-table__extra");
    }

    #[test]
    fn what_is_no_column_is_left_out() {
        assert_eq!(read("name,nonsense,name:9,tag.,,<script>").len(), 1);
        assert!(read("").is_empty());
        assert_eq!(read("name:9")[0].width, 40);
        assert_eq!(read("name:-1")[0].width, 0);
    }

    #[test]
    fn rows_are_asked_for_what_they_do_not_bring_anyway() {
        assert_eq!(
            extras("name,model,tag.env,feedback.a.b"),
            ["model", "tag.env", "feedback.a.b"]
        );
        let columns = Columns::new("tag.env", &[], false);
        let row = TraceRow {
            extras: vec!["prod".to_owned()],
            ..TraceRow::default()
        };
        assert_eq!(columns.extra(&row, "tag.env"), Some("prod"));
        assert_eq!(columns.extra(&row, "model"), None);
    }

    #[test]
    fn attributes_bring_how_many_other_values_there_are() {
        let columns = Columns::new("attribute.a.b,tag.env,attribute.c", &[], false);
        let row = TraceRow {
            extras: ["gold", "prod", "7", "2", ""].map(str::to_owned).into(),
            ..TraceRow::default()
        };
        assert_eq!(columns.extra(&row, "attribute.c"), Some("7"));
        assert_eq!(columns.others(&row, "attribute.a.b"), Some("2"));
        assert_eq!(columns.others(&row, "attribute.c"), None);
        assert_eq!(columns.others(&row, "tag.env"), None);
        let column = &columns.list[0];
        assert_eq!((column.title(), column.kind()), ("a.b", Some("attribute")));
        assert_eq!(columns.list[1].kind(), Some("tag"));
        assert!(read("attribute.,attribute").is_empty());
    }

    #[test]
    fn columns_that_no_row_fills_are_left_out_unless_chosen() {
        let row = TraceRow {
            run: Some("r".to_owned()),
            ..TraceRow::default()
        };
        let usual = |is_run_known| Columns::new("", std::slice::from_ref(&row), is_run_known);
        assert!(usual(false).has("run") && !usual(true).has("run"));
        assert!(!usual(false).has("cost") && !usual(false).is_chosen);
        assert!(Columns::new("cost", &[row], false).has("cost"));
    }
}

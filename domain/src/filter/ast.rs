//! The tree a filter is parsed into. Every node knows its byte range; names and values are ranges of the text, which the
//! tree does not copy. What the names mean is the checker's business.

use super::TextRange;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// From the first to the last byte, parentheses around it included.
    pub range: TextRange,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of condition.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// All must hold; at least two. Also conditions side by side without `AND`.
    And(Vec<Expr>),
    /// One must hold; at least two.
    Or(Vec<Expr>),
    /// Must not hold.
    Not(Box<Expr>),
    /// One comparison.
    Clause(Clause),
}

/// One comparison: `tags.env = 'prod'`.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The whole comparison.
    pub range: TextRange,
    /// The left side.
    pub ident: Ident,
    /// The comparator.
    pub op: Comparator,
    /// The right side.
    pub value: Value,
}

/// The left side of a comparison, split at its first dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ident {
    /// The whole name.
    pub range: TextRange,
    /// What stands before the first dot, without backticks; `None` if there is no dot.
    pub entity: Option<TextRange>,
    /// What stands behind the first dot, or all of it; without quotes if they enclose the whole of it. May be empty.
    pub key: TextRange,
}

/// A comparator as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparator {
    /// Where; from the first to the last word of `IS NOT NULL`.
    pub range: TextRange,
    /// Which; `None` for one that no field knows: `==`, `<>`, `NOT LIKE`.
    pub op: Option<Op>,
}

/// The comparators of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `LIKE`: `%` is any text, `_` any one character.
    Like,
    /// `ILIKE`: as `LIKE`, with ASCII letters of either case alike.
    ILike,
    /// `RLIKE`: a regular expression found anywhere.
    RLike,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `IS NULL`
    IsNull,
    /// `IS NOT NULL`
    IsNotNull,
}

impl Op {
    /// All comparators, in the order messages list them.
    pub const ALL: [Op; 13] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Like,
        Self::ILike,
        Self::RLike,
        Self::In,
        Self::NotIn,
        Self::IsNull,
        Self::IsNotNull,
    ];

    /// As it is written in a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Like => "LIKE",
            Self::ILike => "ILIKE",
            Self::RLike => "RLIKE",
            Self::In => "IN",
            Self::NotIn => "NOT IN",
            Self::IsNull => "IS NULL",
            Self::IsNotNull => "IS NOT NULL",
        }
    }
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Where, quotes and parentheses included; empty for [`ValueKind::Nothing`].
    pub range: TextRange,
    /// What it is.
    pub kind: ValueKind,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// Quoted text; the range is that between the quotes.
    Text(TextRange),
    /// A number.
    Number(f64),
    /// Values in parentheses; texts only if the list is right.
    List(Vec<Value>),
    /// Something unquoted that is no number: a forgotten quote, `NULL`, `true`.
    Bare,
    /// The right side of `IS NULL`.
    Nothing,
}

impl Expr {
    /// The comparisons in the order they are written.
    pub fn clauses(&self) -> Vec<&Clause> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(expr) = open.pop() {
            match &expr.kind {
                ExprKind::And(parts) | ExprKind::Or(parts) => open.extend(parts.iter().rev()),
                ExprKind::Not(inner) => open.push(inner),
                ExprKind::Clause(clause) => found.push(clause),
            }
        }
        found
    }
}

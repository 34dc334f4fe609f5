//! What a checked filter is made of, whatever it is about: tests of texts and numbers, and the tree that joins
//! conditions. Truth has three values as in SQL: a comparison with something missing is unknown, and so is its negation.

use std::cmp::Ordering;

/// A test of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// Equal, byte by byte.
    Eq(String),
    /// Different.
    Ne(String),
    /// Matches the pattern (see [`super::like`]).
    Like(String),
    /// Matches the pattern, ASCII letters of either case alike.
    ILike(String),
    /// The regular expression matches somewhere.
    RLike(String),
    /// Equal to one of these; at least one.
    In(Vec<String>),
    /// Different from all of these; at least one.
    NotIn(Vec<String>),
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOp {
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
}

impl NumberOp {
    /// As written in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// Whether the comparison holds for two values that are so ordered.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

/// A test of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberTest {
    /// The comparison.
    pub op: NumberOp,
    /// The right side; always finite.
    pub value: f64,
}

/// A test of a number that is known to be an integer, so that an index over integers can serve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntTest {
    /// No integer passes.
    Never,
    /// Every integer passes; a missing one still does not.
    Always,
    /// Compare with this one.
    Compare(NumberOp, i64),
}

impl NumberTest {
    /// Tests a number; NaN passes only `!=`.
    pub fn matches(self, number: f64) -> bool {
        match number.partial_cmp(&self.value) {
            Some(order) => self.op.holds(order),
            None => self.op == NumberOp::Ne,
        }
    }

    /// Tests an integer without rounding it.
    pub fn matches_int(self, number: i64) -> bool {
        match self.as_int() {
            IntTest::Never => false,
            IntTest::Always => true,
            IntTest::Compare(op, value) => op.holds(number.cmp(&value)),
        }
    }

    /// The same test for integers: `> 1500.5` is `> 1500`, `= 0.5` holds never.
    pub fn as_int(self) -> IntTest {
        // 2^63 is the first double beyond i64; -2^63 is its least value.
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        let (floor, whole) = (self.value.floor(), self.value.fract() == 0.0);
        let above_all = floor >= BEYOND;
        if above_all || floor < -BEYOND {
            let passes = match self.op {
                NumberOp::Eq => false,
                NumberOp::Ne => true,
                NumberOp::Lt | NumberOp::Le => above_all,
                NumberOp::Gt | NumberOp::Ge => !above_all,
            };
            return if passes {
                IntTest::Always
            } else {
                IntTest::Never
            };
        }
        let floor = floor as i64;
        match self.op {
            op if whole => IntTest::Compare(op, floor),
            NumberOp::Eq => IntTest::Never,
            NumberOp::Ne => IntTest::Always,
            NumberOp::Lt | NumberOp::Le => IntTest::Compare(NumberOp::Le, floor),
            NumberOp::Gt | NumberOp::Ge => IntTest::Compare(NumberOp::Gt, floor),
        }
    }
}

/// A test of a text that may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyTest {
    /// It is there and passes.
    Text(TextTest),
    /// It is missing.
    IsNull,
    /// It is there.
    IsNotNull,
}

/// A test of a value that may be text or number: a span attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueTest {
    /// As text.
    Text(TextTest),
    /// As number; texts that are decimal numbers count.
    Number(NumberTest),
}

/// A test as the shared part of the checker makes it, before a field narrows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// As text.
    Text(TextTest),
    /// As number.
    Number(NumberTest),
    /// It is missing.
    IsNull,
    /// It is there.
    IsNotNull,
}

/// Conditions joined.
#[derive(Debug, Clone, PartialEq)]
pub enum Node<P> {
    /// All hold. Everything matches if empty.
    All(Vec<Node<P>>),
    /// One holds. Nothing matches if empty.
    Any(Vec<Node<P>>),
    /// Does not hold.
    Not(Box<Node<P>>),
    /// One condition.
    Is(P),
}

/// What a condition is for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// Compared with something missing.
    Unknown,
}

impl From<bool> for Truth {
    fn from(fact: bool) -> Self {
        if fact { Self::True } else { Self::False }
    }
}

impl Truth {
    /// Of something that may be missing.
    pub fn of(fact: Option<bool>) -> Self {
        fact.map_or(Self::Unknown, Self::from)
    }

    /// True if one is, else unknown if one is, else false.
    pub fn any(parts: impl IntoIterator<Item = Truth>) -> Self {
        let mut out = Self::False;
        for part in parts {
            match part {
                Self::True => return Self::True,
                Self::Unknown => out = Self::Unknown,
                Self::False => {}
            }
        }
        out
    }

    /// The negation; unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl<P> Node<P> {
    /// Evaluates the tree. Only [`Truth::True`] is a match.
    pub fn eval(&self, test: &mut dyn FnMut(&P) -> Truth) -> Truth {
        match self {
            Self::Is(predicate) => test(predicate),
            Self::Not(inner) => inner.eval(test).negated(),
            Self::Any(parts) => Truth::any(parts.iter().map(|part| part.eval(test))),
            Self::All(parts) => {
                Truth::any(parts.iter().map(|part| part.eval(test).negated())).negated()
            }
        }
    }

    /// All conditions, wherever they stand in the tree.
    pub fn predicates(&self) -> Vec<&P> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            match node {
                Self::All(parts) | Self::Any(parts) => open.extend(parts.iter().rev()),
                Self::Not(inner) => open.push(inner),
                Self::Is(predicate) => found.push(predicate),
            }
        }
        found
    }
}

/// The number a text is, if it is a plain decimal one: sign, digits, fraction, exponent; nothing around it.
pub fn decimal(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let number: f64 = if plain {
        text.parse().ok()?
    } else {
        return None;
    };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_tests_agree_with_number_tests() {
        let ops = [
            NumberOp::Eq,
            NumberOp::Ne,
            NumberOp::Lt,
            NumberOp::Le,
            NumberOp::Gt,
            NumberOp::Ge,
        ];
        for op in ops {
            for value in [-1.5, -1.0, 0.0, 0.5, 1.0, 1.5, 1e300, -1e300] {
                let test = NumberTest { op, value };
                for number in -3..4 {
                    assert_eq!(
                        test.matches_int(number),
                        test.matches(number as f64),
                        "{number} {test:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn unknown_stays_unknown_when_negated() {
        let unknown = Node::Not(Box::new(Node::Is(())));
        assert_eq!(unknown.eval(&mut |()| Truth::Unknown), Truth::Unknown);
        let all = Node::All(vec![Node::Is(false), Node::Is(true)]);
        let mut first_unknown = |known: &bool| if *known { Truth::False } else { Truth::Unknown };
        assert_eq!(all.eval(&mut first_unknown), Truth::False);
        let none: Node<()> = Node::All(vec![]);
        assert_eq!(none.eval(&mut |()| Truth::False), Truth::True);
    }

    #[test]
    fn decimal_texts_are_numbers() {
        assert_eq!(decimal("5"), Some(5.0));
        assert_eq!(decimal("-1.5e3"), Some(-1500.0));
        for text in ["", "inf", "nan", "0x10", " 5", "5 ", "1e999", "1_000", "e"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}

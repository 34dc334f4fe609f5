//! What a condition may be for each row of a segment. Most conditions are decided by columns; some only by looking at the
//! trace, so each row has a set of possible truths. A row is a match for certain if it can only be true.

use domain::filter::predicate::Node;

use super::bitmap::Bitmap;

/// For each row, which truths are possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truths {
    pub may_be_true: Bitmap,
    pub may_be_false: Bitmap,
    pub may_be_unknown: Bitmap,
}

impl Truths {
    /// True or false for certain.
    pub(crate) fn known(is_true: Bitmap) -> Self {
        let length = is_true.len();
        let may_be_false = is_true.clone().not();
        Self {
            may_be_true: is_true,
            may_be_false,
            may_be_unknown: Bitmap::none(length),
        }
    }

    /// Unknown where something is missing, else true or false.
    pub(crate) fn of_present(is_true: Bitmap, is_missing: Bitmap) -> Self {
        let may_be_true = is_true.and_not(&is_missing);
        let may_be_false = may_be_true.clone().or(&is_missing).not();
        Self {
            may_be_true,
            may_be_false,
            may_be_unknown: is_missing,
        }
    }

    /// Nothing can be said.
    pub(crate) fn open(length: usize) -> Self {
        Self {
            may_be_true: Bitmap::all(length),
            may_be_false: Bitmap::all(length),
            may_be_unknown: Bitmap::all(length),
        }
    }

    /// Makes all truths possible for some rows.
    pub(crate) fn opened(self, rows: &Bitmap) -> Self {
        Self {
            may_be_true: self.may_be_true.or(rows),
            may_be_false: self.may_be_false.or(rows),
            may_be_unknown: self.may_be_unknown.or(rows),
        }
    }

    fn negated(self) -> Self {
        Self {
            may_be_true: self.may_be_false,
            may_be_false: self.may_be_true,
            ..self
        }
    }

    /// True if one is, else unknown if one is, else false.
    fn any(length: usize, parts: impl Iterator<Item = Self>) -> Self {
        let mut out = Self::known(Bitmap::none(length));
        for part in parts {
            let not_true = |truths: &Self| truths.may_be_false.clone().or(&truths.may_be_unknown);
            let (mine, other) = (not_true(&out), not_true(&part));
            let unknown = out
                .may_be_unknown
                .and(&other)
                .or(&part.may_be_unknown.and(&mine));
            out = Self {
                may_be_true: out.may_be_true.or(&part.may_be_true),
                may_be_false: out.may_be_false.and(&part.may_be_false),
                may_be_unknown: unknown,
            };
        }
        out
    }

    /// Rows that match for certain.
    pub(crate) fn certain(&self) -> Bitmap {
        self.may_be_true
            .clone()
            .and_not(&self.may_be_false)
            .and_not(&self.may_be_unknown)
    }
}

/// Joins the truths of conditions, given by number, as a filter joins the conditions.
pub(crate) fn join(node: &Node<usize>, length: usize, conditions: &[Truths]) -> Truths {
    match node {
        Node::Is(number) => conditions
            .get(*number)
            .cloned()
            .unwrap_or_else(|| Truths::open(length)),
        Node::Not(inner) => join(inner, length, conditions).negated(),
        Node::Any(parts) => Truths::any(
            length,
            parts.iter().map(|part| join(part, length, conditions)),
        ),
        Node::All(parts) => {
            let parts = parts
                .iter()
                .map(|part| join(part, length, conditions).negated());
            Truths::any(length, parts).negated()
        }
    }
}

/// A filter's tree with its conditions numbered in order.
pub(crate) fn numbered<'f, P>(node: &'f Node<P>, conditions: &mut Vec<&'f P>) -> Node<usize> {
    match node {
        Node::Is(condition) => {
            conditions.push(condition);
            Node::Is(conditions.len() - 1)
        }
        Node::Not(inner) => Node::Not(Box::new(numbered(inner, conditions))),
        Node::Any(parts) => Node::Any(
            parts
                .iter()
                .map(|part| numbered(part, conditions))
                .collect(),
        ),
        Node::All(parts) => Node::All(
            parts
                .iter()
                .map(|part| numbered(part, conditions))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::filter::predicate::Truth;

    use super::*;

    /// Every combination of two conditions, as rows.
    fn rows() -> Vec<[Truth; 2]> {
        let all = [Truth::True, Truth::False, Truth::Unknown];
        all.into_iter()
            .flat_map(|a| all.into_iter().map(move |b| [a, b]))
            .collect()
    }

    fn column(place: usize) -> Truths {
        let rows = rows();
        let is = |truth| Bitmap::from_fn(rows.len(), |row| rows[row][place] == truth);
        Truths {
            may_be_true: is(Truth::True),
            may_be_false: is(Truth::False),
            may_be_unknown: is(Truth::Unknown),
        }
    }

    #[test]
    fn joining_agrees_with_the_evaluator() {
        let both = || vec![Node::Is(0), Node::Is(1)];
        let nodes = [
            Node::All(both()),
            Node::Any(both()),
            Node::Not(Box::new(Node::All(both()))),
            Node::Not(Box::new(Node::Any(both()))),
            Node::All(vec![]),
            Node::Any(vec![]),
        ];
        let conditions = [column(0), column(1)];
        for node in nodes {
            let joined = join(&node, rows().len(), &conditions);
            for (place, row) in rows().iter().enumerate() {
                let expected = node.eval(&mut |number| row[*number]);
                assert_eq!(joined.may_be_true.contains(place), expected == Truth::True);
                assert_eq!(
                    joined.may_be_false.contains(place),
                    expected == Truth::False
                );
                assert_eq!(
                    joined.may_be_unknown.contains(place),
                    expected == Truth::Unknown
                );
            }
        }
    }
}

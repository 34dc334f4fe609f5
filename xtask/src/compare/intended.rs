//! Which differences are meant: compares them with the table in `rules`.

mod rules;

use self::rules::RULES;
use super::diff::Difference;

/// The rules, and which of them have been seen to hold.
#[derive(Default)]
pub struct Intentions {
    used: Vec<(usize, usize, bool)>,
}

impl Intentions {
    /// Why a difference is meant, if it is.
    pub fn reason(&mut self, call: &str, difference: &Difference) -> Option<&'static str> {
        for (i, rule) in RULES.iter().enumerate() {
            let Some(named) = rule.calls.iter().position(|pattern| fits(pattern, call)) else {
                continue;
            };
            let described = rule.differences.iter().position(|(at, theirs, ours)| {
                fits(at, &difference.at)
                    && fits(theirs, &difference.theirs)
                    && fits(ours, &difference.ours)
            });
            if let Some(described) = described {
                self.used.push((i, named, true));
                self.used.push((i, described, false));
                return Some(rule.why);
            }
        }
        None
    }

    /// Rules, or parts of them, that matched nothing.
    pub fn unused(&self) -> Vec<String> {
        let mut unused = Vec::new();
        for (i, rule) in RULES.iter().enumerate() {
            let has = |part: usize, is_call| self.used.contains(&(i, part, is_call));
            let calls = rule.calls.iter().enumerate();
            unused.extend(
                calls
                    .filter(|(part, _)| !has(*part, true))
                    .map(|(_, pattern)| format!("{}: {pattern}", rule.why)),
            );
            let differences = rule.differences.iter().enumerate();
            unused.extend(differences.filter(|(part, _)| !has(*part, false)).map(
                |(_, (at, theirs, ours))| format!("{}: at {at}, {theirs} and {ours}", rule.why),
            ));
        }
        unused
    }
}

/// Whether a text fits a pattern.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        assert!(fits("a*c", "abc") && fits("*", "") && fits("*b*", "abc") && fits("abc", "abc"));
        assert!(!fits("a*c", "abd") && !fits("ab", "abc") && !fits("*bb*", "abc"));
        assert!(!fits("ab*b", "ab"));
    }

    #[test]
    fn every_rule_says_why() {
        assert!(
            RULES
                .iter()
                .all(|rule| rule.why.len() > 20 && !rule.calls.is_empty())
        );
    }
}

//! The filter of the search for issues: the same language over status and source run.

use super::FilterError;
use super::field::FieldId;
pub use super::field::issues::ISSUES;
use super::matcher::{EvalError, TextMatcher};
use super::parser::parse;
use super::predicate::{Node, Test, TextTest, Truth};
use super::resolve::{Resolved, resolve_all};
use crate::issue::Issue;

/// A filter over issues, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueFilter {
    /// The conditions.
    pub root: Node<IssuePredicate>,
}

/// A condition on an issue.
#[derive(Debug, Clone, PartialEq)]
pub enum IssuePredicate {
    /// The name of the status.
    Status(TextTest),
    /// The run that found it; unknown if none did.
    SourceRun(TextTest),
}

/// Parses and checks a filter over issues.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn compile(text: &str) -> Result<IssueFilter, Vec<FilterError>> {
    let root = resolve_all(&parse(text), &ISSUES, &mut predicate_of)?;
    Ok(IssueFilter { root })
}

impl IssueFilter {
    /// Whether the issue matches.
    ///
    /// # Errors
    /// None of a checked filter: it has no regular expressions.
    pub fn matches(&self, issue: &Issue) -> Result<bool, EvalError> {
        let texts = TextMatcher::new([])?;
        let truth = self.root.eval(&mut |predicate| match predicate {
            IssuePredicate::Status(test) => texts.matches(test, issue.status.as_str()).into(),
            IssuePredicate::SourceRun(test) => {
                let run = issue.source_run_id.as_deref();
                Truth::of(run.map(|run| texts.matches(test, run)))
            }
        });
        Ok(truth == Truth::True)
    }
}

fn predicate_of(resolved: Resolved) -> Result<IssuePredicate, FilterError> {
    match (resolved.id, resolved.test) {
        (FieldId::Status, Test::Text(test)) => Ok(IssuePredicate::Status(test)),
        (FieldId::SourceRunId, Test::Text(test)) => Ok(IssuePredicate::SourceRun(test)),
        _ => Err(FilterError::new(
            resolved.range,
            "Invalid comparison for this field",
        )),
    }
}

//! Traces side by side.

#[cfg(feature = "ssr")]
mod compared;
mod get_compare_choices;
mod get_comparison;
mod get_step_diff;
mod get_usual;

functions! {
    COMPARE_CHOICES = get_compare_choices::get_compare_choices, GetCompareChoices;
    COMPARISON = get_comparison::get_comparison, GetComparison;
    STEP_DIFF = get_step_diff::get_step_diff, GetStepDiff;
    USUAL = get_usual::get_usual, GetUsual;
}

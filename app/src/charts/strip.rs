//! A strip of columns as high as a line of text, for rows of tables. Its figures are in its name; exact ones stand in the row
//! or behind its link.

use leptos::prelude::*;

use super::layout::{HEIGHT, WIDTH, strip};

/// Counts side by side, those that failed in red on top; the highest fills the strip.
#[component]
pub fn Strip(
    /// For each place, the first at the left, how many there are and how many of them failed.
    counts: Vec<(u64, u64)>,
    /// What it shows and the gist of it, in one sentence.
    #[prop(into)]
    summary: String,
) -> impl IntoView {
    let shapes = strip(&counts);
    view! {
        <svg class="strip" role="img" aria-label=summary preserveAspectRatio="none" viewBox=format!("0 0 {WIDTH} {HEIGHT}")>
            <path class="chart__volume" d=shapes.volume></path>
            <path class="chart__errors" d=shapes.errors></path>
        </svg>
    }
    .into_any()
}

//! A duration as a number and a bar on a fixed logarithmic scale, so that rows of any page compare.

use leptos::prelude::*;

use crate::text::time::took;

/// The scale's ends in milliseconds.
const SHORTEST: f64 = 10.0;
const LONGEST: f64 = 60_000.0;

/// A trace's duration; a dash while it is unknown.
#[component]
pub fn DurationBar(
    /// Milliseconds.
    millis: Option<i64>,
) -> impl IntoView {
    let Some(millis) = millis else {
        return view! { <span class="quiet">"—"</span> }.into_any();
    };
    let text = took(millis);
    let share = share(millis);
    // Most durations are nothing to look at twice; what takes ten seconds and more gets warmer.
    let heat = match millis {
        ..10_000 => 0,
        10_000..20_000 => 1,
        20_000..30_000 => 2,
        30_000..60_000 => 3,
        _ => 4,
    };
    view! {
        <span class="duration-bar" data-heat=heat.to_string()>
            <span class="duration-bar__number">{text}</span>
            <span class="duration-bar__track" aria-hidden="true">
                <span class="duration-bar__fill" style=("--share", format!("{share:.3}"))></span>
            </span>
        </span>
    }
    .into_any()
}

/// Where on the scale a duration lies, 0 to 1.
fn share(millis: i64) -> f64 {
    let position = (millis as f64 / SHORTEST).max(1.0).ln() / (LONGEST / SHORTEST).ln();
    position.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn scale_is_logarithmic_and_bounded() {
        assert_eq!(share(-5), 0.0);
        assert_eq!(share(10), 0.0);
        assert_eq!(share(60_000), 1.0);
        assert_eq!(share(i64::MAX), 1.0);
        assert!((share(775) - 0.5).abs() < 0.01);
    }
}

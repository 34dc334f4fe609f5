//! The numbers of a trace that statistics sum: tokens and cost.

use domain::trace::TraceInfo;

/// A number of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Measure {
    InputTokens,
    OutputTokens,
    TotalTokens,
    CacheReadTokens,
    CacheCreationTokens,
    /// Billionths of a dollar, rounded: whole numbers take fewer bytes than fractions, and sums of them do not drift.
    CostNanos,
}

/// The numbers of one trace, in the order of [`Measure::ALL`].
pub(crate) type Measured = [Option<i64>; Measure::ALL.len()];

/// Billionths in a dollar.
pub(crate) const NANOS_A_DOLLAR: f64 = 1e9;

impl Measure {
    pub(crate) const ALL: [Measure; 6] = [
        Self::InputTokens,
        Self::OutputTokens,
        Self::TotalTokens,
        Self::CacheReadTokens,
        Self::CacheCreationTokens,
        Self::CostNanos,
    ];

    /// The measure that is stored under a number.
    pub(crate) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// What a trace says.
pub(crate) fn of(info: &TraceInfo) -> Measured {
    let usage = info.usage();
    let cost = info.cost().map(|cost| cost.total_cost);
    [
        usage.map(|usage| usage.input_tokens),
        usage.map(|usage| usage.output_tokens),
        usage.map(|usage| usage.total_tokens),
        usage.and_then(|usage| usage.cache_read_input_tokens),
        usage.and_then(|usage| usage.cache_creation_input_tokens),
        // Beyond the range of integers the conversion stops at its ends.
        cost.map(|dollars| (dollars * NANOS_A_DOLLAR).round() as i64),
    ]
}

//! Ordering the rows of a segment. Rows lie by start, newest first, then by id; orders that follow from that cost nothing.

use std::cmp::Ordering;

use domain::filter::order::{Direction, TraceKey, TraceOrder};
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState, keys};

use crate::index::ColumnId;
use crate::index::bitmap::Bitmap;
use crate::index::build::is_left_out;
use crate::index::codes::Codes;
use crate::index::segment::{NumberColumn, Segment};
use crate::sqlite::parts::PartReader;

/// The column of texts that a key reads, if it reads one.
pub(super) fn text_column(key: &TraceKey) -> Option<ColumnId> {
    match key {
        TraceKey::Name => Some(ColumnId::Tag(keys::NAME.to_owned())),
        TraceKey::RunId => Some(ColumnId::Metadata(keys::SOURCE_RUN.to_owned())),
        TraceKey::Tag(key) => Some(ColumnId::Tag(key.clone())),
        TraceKey::Metadata(key) => Some(ColumnId::Metadata(key.clone())),
        _ => None,
    }
}

/// Whether the order is that of the rows.
pub(super) fn is_natural(order: &[TraceOrder]) -> bool {
    let [first, second] = order else { return false };
    first.key == TraceKey::TimestampMs
        && first.direction == Direction::Desc
        && second.key == TraceKey::RequestId
        && second.direction == Direction::Asc
}

/// Whether the columns of a segment can be put in this order.
pub(super) fn can_order(segment: &Segment, order: &[TraceOrder]) -> bool {
    order
        .iter()
        .all(|by| match (&by.key, text_column(&by.key)) {
            (_, Some(id)) => {
                !is_left_out(&id) && (!segment.is_partial || segment.columns.contains_key(&id))
            }
            // Ids are not a column that sorts, but rows with one start lie in their order.
            (TraceKey::RequestId, None) => {
                by.direction == Direction::Asc
                    && order
                        .iter()
                        .take_while(|by| by.key != TraceKey::RequestId)
                        .any(|by| by.key == TraceKey::TimestampMs)
            }
            _ => true,
        })
}

/// The columns of a segment that an order reads.
pub(super) struct SortColumns {
    keys: Vec<(SortKey, Direction)>,
}

enum SortKey {
    /// The same in all rows of an experiment.
    Same(i64),
    Start(NumberColumn, Codes),
    Duration(NumberColumn, Codes),
    End {
        start: (NumberColumn, Codes),
        duration: (NumberColumn, Codes),
    },
    State(NumberColumn, Codes),
    /// Codes ascend with texts; the code before which the text of the page token stands, and whether it is that text's.
    Text {
        codes: Codes,
        after: Option<(u32, bool)>,
    },
    /// No row has a value.
    Nothing {
        after_is_missing: bool,
    },
}

impl SortColumns {
    /// Loads the columns of an order.
    pub(super) async fn load(
        segment: &Segment,
        experiment: i64,
        order: &[TraceOrder],
        after: Option<&TraceInfo>,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<Self> {
        let mut keys = Vec::new();
        for by in order {
            let key = match &by.key {
                // Rows with one start lie in the order of ids.
                TraceKey::RequestId => break,
                TraceKey::ExperimentId => SortKey::Same(experiment),
                TraceKey::TimestampMs => SortKey::Start(
                    segment.start,
                    reader.codes(segment, segment.start.part).await?,
                ),
                TraceKey::ExecutionTimeMs => {
                    let codes = reader.codes(segment, segment.duration.part).await?;
                    SortKey::Duration(segment.duration, codes)
                }
                TraceKey::EndTimeMs => {
                    let start = reader.codes(segment, segment.start.part).await?;
                    let duration = reader.codes(segment, segment.duration.part).await?;
                    SortKey::End {
                        start: (segment.start, start),
                        duration: (segment.duration, duration),
                    }
                }
                TraceKey::Status => SortKey::State(
                    segment.state,
                    reader.codes(segment, segment.state.part).await?,
                ),
                TraceKey::Name | TraceKey::RunId | TraceKey::Tag(_) | TraceKey::Metadata(_) => {
                    text_key(segment, &by.key, after, reader).await?
                }
            };
            keys.push((key, by.direction));
        }
        Ok(Self { keys })
    }

    /// A number by which the first key sorts a row.
    fn rank(&self, row: usize) -> u128 {
        self.keys
            .first()
            .map_or(0, |(key, direction)| key.rank(row, *direction))
    }

    /// Hands over rows, as bits counted from a first row, with their ranks.
    pub(super) fn ranks(
        &self,
        first_row: usize,
        rows: &Bitmap,
        mut receive: impl FnMut(usize, u128),
    ) {
        match self.keys.first() {
            // Codes ascend with what they stand for, and zero stands for nothing.
            Some((
                SortKey::Start(_, codes)
                | SortKey::Duration(_, codes)
                | SortKey::Text { codes, .. },
                direction,
            )) if codes.is_dense() => match direction {
                Direction::Asc => codes.visit(first_row, rows, |bit, code| {
                    receive(bit, code.checked_sub(1).map_or(u128::MAX, u128::from));
                }),
                Direction::Desc => codes.visit(first_row, rows, |bit, code| {
                    let rank = if code == 0 {
                        u128::MAX
                    } else {
                        u128::from(!code)
                    };
                    receive(bit, rank);
                }),
            },
            _ => rows
                .iter()
                .for_each(|bit| receive(bit, self.rank(bit + first_row))),
        }
    }

    /// Whether rows of one rank lie in the right order: then the first of them come first.
    pub(super) fn is_decided_by_rank(&self) -> bool {
        self.keys.iter().skip(1).all(|(key, direction)| {
            matches!(key, SortKey::Start(..)) && *direction == Direction::Desc
        })
    }

    /// Compares two rows of one rank; equal ones lie in the right order already.
    pub(super) fn compare_further(&self, a: u32, b: u32) -> Ordering {
        for (key, direction) in self.keys.iter().skip(1) {
            let found = key
                .rank(a as usize, *direction)
                .cmp(&key.rank(b as usize, *direction));
            if found.is_ne() {
                return found;
            }
        }
        a.cmp(&b)
    }

    /// Compares a row with the place of a page token, but for the id.
    pub(super) fn compare_with(&self, row: usize, after: &TraceInfo) -> Ordering {
        for (key, direction) in &self.keys {
            let found = key.compare_with(row, after, *direction);
            if found.is_ne() {
                return found;
            }
        }
        Ordering::Equal
    }
}

async fn text_key(
    segment: &Segment,
    key: &TraceKey,
    after: Option<&TraceInfo>,
    reader: &mut PartReader<'_>,
) -> StoreResult<SortKey> {
    let after = after.and_then(|after| match key.of(after) {
        domain::filter::order::SortValue::Text(text) => Some(text),
        _ => None,
    });
    let column = text_column(key).and_then(|id| segment.columns.get(&id));
    let Some(column) = column else {
        return Ok(SortKey::Nothing {
            after_is_missing: after.is_none(),
        });
    };
    let codes = reader.codes(segment, column.codes).await?;
    let after = match after {
        None => None,
        Some(text) => Some(
            reader
                .lower_bound(segment, &column.dictionary, text.as_bytes())
                .await?,
        ),
    };
    Ok(SortKey::Text { codes, after })
}

/// Orders what may be missing; missing comes last in both directions.
fn missing_last<T: Ord>(a: Option<T>, b: Option<T>, direction: Direction) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) if direction == Direction::Asc => a.cmp(&b),
        (Some(a), Some(b)) => b.cmp(&a),
    }
}

fn state(column: &NumberColumn, codes: &Codes, row: usize) -> Option<&'static str> {
    let place = usize::try_from(column.number(codes.get(row))?).ok()?;
    TraceState::ALL.get(place).map(|state| state.as_str())
}

impl SortKey {
    fn number(&self, row: usize) -> Option<i64> {
        match self {
            Self::Same(number) => Some(*number),
            Self::Start(column, codes) | Self::Duration(column, codes) => {
                column.number(codes.get(row))
            }
            Self::End { start, duration } => {
                let duration = duration.0.number(duration.1.get(row)).unwrap_or(0);
                start
                    .0
                    .number(start.1.get(row))
                    .map(|start| start.saturating_add(duration))
            }
            Self::State(..) | Self::Text { .. } | Self::Nothing { .. } => None,
        }
    }

    /// A number that sorts rows by this key; nothing sorts last.
    fn rank(&self, row: usize, direction: Direction) -> u128 {
        let value = match self {
            Self::State(column, codes) => state(column, codes, row).map(|name| {
                let states = TraceState::ALL.iter();
                states.filter(|other| other.as_str() < name).count() as u64
            }),
            Self::Text { codes, .. } => codes.get(row).checked_sub(1),
            // Shifted so that negative numbers come before positive ones.
            _ => self.number(row).map(|number| (number as u64) ^ (1 << 63)),
        };
        match (value, direction) {
            (None, _) => u128::MAX,
            (Some(value), Direction::Asc) => u128::from(value),
            (Some(value), Direction::Desc) => u128::from(!value),
        }
    }

    fn compare_with(&self, row: usize, after: &TraceInfo, direction: Direction) -> Ordering {
        match self {
            Self::Same(number) => {
                missing_last(Some(*number), Some(after.experiment_id.0), direction)
            }
            Self::Start(..) => {
                missing_last(self.number(row), Some(after.request_time.0), direction)
            }
            Self::Duration(..) => missing_last(self.number(row), after.duration_ms, direction),
            Self::End { .. } => missing_last(self.number(row), Some(after.end_time().0), direction),
            Self::State(column, codes) => missing_last(
                state(column, codes, row),
                Some(after.state.as_str()),
                direction,
            ),
            Self::Text { codes, after } => {
                let code = codes.get(row).checked_sub(1);
                // Doubled, so that a text between two values has a number between theirs.
                let doubled = after.map(|(code, is_there)| {
                    if is_there {
                        2 * i64::from(code)
                    } else {
                        2 * i64::from(code) - 1
                    }
                });
                missing_last(code.map(|code| 2 * code as i64), doubled, direction)
            }
            Self::Nothing { after_is_missing } => {
                missing_last(None, (!after_is_missing).then_some(()), direction)
            }
        }
    }
}

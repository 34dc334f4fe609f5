//! What an order reads of a candidate's row.

use std::sync::Arc;

use domain::filter::order::{TraceKey, TraceOrder};
use domain::ids::TraceId;
use domain::store::StoreResult;
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState, keys};

use super::super::order::text_column;
use super::Opened;
use crate::error::{At, inconsistent};
use crate::index::segment::{ID_ROWS, id_at};
use crate::sqlite::parts::PartReader;

impl Opened {
    /// What the order reads of a row, but for the id.
    pub(super) async fn place(
        &self,
        row: usize,
        start: i64,
        order: &[TraceOrder],
        reader: &mut PartReader<'_>,
    ) -> StoreResult<TraceInfo> {
        let segment = Arc::clone(&self.live.segment);
        let mut place = TraceInfo::new(TraceId::new(""), self.experiment, UnixMillis(start));
        for by in order {
            match &by.key {
                TraceKey::ExecutionTimeMs | TraceKey::EndTimeMs => {
                    let codes = reader.codes(&segment, segment.duration.part).await?;
                    place.duration_ms = segment.duration.number(codes.get(row));
                }
                TraceKey::Status => {
                    let codes = reader.codes(&segment, segment.state.part).await?;
                    let state = segment.state.number(codes.get(row)).unwrap_or(0);
                    let state = usize::try_from(state).ok();
                    let state = state.and_then(|state| TraceState::ALL.get(state));
                    place.state = state.copied().unwrap_or_default();
                }
                TraceKey::Name => {
                    if let Some(text) = self.text(row, &by.key, reader).await? {
                        place.tags.insert(keys::NAME.to_owned(), text);
                    }
                }
                TraceKey::RunId => {
                    if let Some(text) = self.text(row, &by.key, reader).await? {
                        place.metadata.insert(keys::SOURCE_RUN.to_owned(), text);
                    }
                }
                TraceKey::Tag(key) => {
                    if let Some(text) = self.text(row, &by.key, reader).await? {
                        place.tags.insert(key.clone(), text);
                    }
                }
                TraceKey::Metadata(key) => {
                    if let Some(text) = self.text(row, &by.key, reader).await? {
                        place.metadata.insert(key.clone(), text);
                    }
                }
                TraceKey::ExperimentId | TraceKey::TimestampMs | TraceKey::RequestId => {}
            }
        }
        Ok(place)
    }

    /// The value that an order by a text reads.
    async fn text(
        &self,
        row: usize,
        key: &TraceKey,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<Option<String>> {
        let segment = &self.live.segment;
        let column = text_column(key).and_then(|id| segment.columns.get(&id));
        let Some(column) = column else {
            return Ok(None);
        };
        let codes = reader.codes(segment, column.codes).await?;
        let Some(code) = codes.get(row).checked_sub(1) else {
            return Ok(None);
        };
        let wrong = |_| inconsistent("segment_part", "data", segment.segment_no);
        let code = u32::try_from(code).map_err(wrong)?;
        reader
            .value(segment, &column.dictionary, code)
            .await
            .map(Some)
    }

    /// The id of a row.
    pub(super) async fn id(&self, row: usize, reader: &mut PartReader<'_>) -> StoreResult<TraceId> {
        let segment = &self.live.segment;
        let wrong = || inconsistent("segment", "meta", segment.segment_no);
        let part = *segment.ids.get(row / ID_ROWS).ok_or_else(wrong)?;
        let bytes = reader.part(segment.segment_no, part).await?;
        id_at(&bytes, row % ID_ROWS).at("segment_part", "data", segment.segment_no)
    }
}

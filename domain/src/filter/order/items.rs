//! Reads the items of an `order_by` list, whatever is ordered.

use super::{Direction, OrderBy};
use crate::filter::ast::Ident;
use crate::filter::field::{FieldId, Language};
use crate::filter::parser::parse_name;
use crate::filter::resolve::set;
use crate::filter::suggest::nearest;
use crate::filter::{FilterError, TextRange};

/// Reads all items of a list.
pub(in crate::filter) fn parse_all<K: PartialEq>(
    items: &[&str],
    key_of: &mut dyn FnMut(&str, Ident) -> Result<K, FilterError>,
) -> Result<Vec<OrderBy<K>>, FilterError> {
    let mut out: Vec<OrderBy<K>> = Vec::with_capacity(items.len());
    for item in items {
        let (ident, direction) = parse_item(item)?;
        let key = key_of(item, ident)?;
        if out.iter().any(|by| by.key == key) {
            let message = format!(
                "`order_by` contains duplicate fields: ['{}']",
                items.join("', '")
            );
            return Err(FilterError::new(ident.range, message));
        }
        out.push(OrderBy { key, direction });
    }
    Ok(out)
}

fn parse_item(item: &str) -> Result<(Ident, Direction), FilterError> {
    let whole = TextRange::of(0, item.len());
    let unreadable = || {
        let message = format!("Invalid order_by clause '{item}'. Could not be parsed.");
        FilterError::new(whole, message)
    };
    let (ident, rest) = parse_name(item).ok_or_else(unreadable)?;
    let direction = match rest.as_slice() {
        [] => Direction::Asc,
        [word] if word.range.start > ident.range.end => {
            let text = word.range.slice(item);
            if text.eq_ignore_ascii_case("asc") {
                Direction::Asc
            } else if text.eq_ignore_ascii_case("desc") {
                Direction::Desc
            } else {
                let message = format!("Invalid ordering key in order_by clause '{item}'.");
                return Err(FilterError::new(word.range, message).with_fix(word.range, "DESC"));
            }
        }
        _ => return Err(unreadable()),
    };
    Ok((ident, direction))
}

/// The field a name means, and its free key.
pub(in crate::filter) fn find<'t>(
    language: &'static Language,
    entity: &str,
    key: &'t str,
) -> Option<(FieldId, &'t str)> {
    let mut fields = language.fields.iter();
    fields.find_map(|field| field.accepts(entity, key).map(|free| (field.id, free)))
}

/// The error for a name that cannot be ordered by.
pub(in crate::filter) fn no_such_key(
    language: &'static Language,
    attributes: &[&str],
    valid: &[&str],
    item: &str,
    ident: Ident,
) -> FilterError {
    let entity = ident.entity.map_or("", |range| range.slice(item));
    let key = ident.key.slice(item);
    if attributes.contains(&entity) {
        let names = set(valid.iter().copied());
        let message = format!("Invalid attribute key '{key}' specified. Valid keys are '{names}'");
        let error = FilterError::new(ident.range, message);
        return match nearest(key, valid.iter().copied()) {
            Some(near) => error.with_fix(ident.key, near),
            None => error,
        };
    }
    let message = match language.entities.contains(&entity) {
        true => format!("Invalid identifier type '{entity}'"),
        false => {
            let entities = set(language.entities.iter().copied());
            format!(
                "Invalid entity type '{entity}'. {} {entities}",
                language.valid_entities
            )
        }
    };
    FilterError::new(ident.range, message)
}

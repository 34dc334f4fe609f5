//! Pointers that drag over an element.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// Where a pointer is within the element that listens, 0 at its left edge and 1 at its right. At the start of a drag the element
/// keeps the pointer, wherever it goes.
pub fn share_of(event: &PointerEvent, is_start: bool) -> Option<f64> {
    let element: Element = event.current_target()?.dyn_into().ok()?;
    if is_start {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
    let rect = element.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
    Some(share.clamp(0.0, 1.0))
}

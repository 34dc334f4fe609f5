//! Files that are dropped on the page or chosen in a field.
//!
//! Objects of the browser are asked by the names of their properties: these calls are rare, and typed ones would each put an
//! import into the script that every page loads.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use leptos::prelude::{RwSignal, Update, window_event_listener_untyped};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RequestInit;

use super::{Answer, document, is_within, path};
use crate::address::at;

thread_local! {
    static DROPPED: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Set on the document's root while a file is dragged over the page.
const MARK: &str = "data-dropping";

/// Takes files that are dropped on the page and leads to the page that shows them.
pub fn listen(dropped: RwSignal<u32>) {
    for name in ["dragenter", "dragover", "dragleave", "drop"] {
        window_event_listener_untyped(name, move |event| take(&event, dropped));
    }
}

fn take(event: &web_sys::Event, dropped: RwSignal<u32>) {
    let data = get(event, "dataTransfer");
    let has_files = call(&get(&data, "types"), "includes", &["Files".into()]);
    // A field for files takes them by itself.
    if !has_files.is_some_and(|has| has.is_truthy()) || is_within(event, "input[type=file]") {
        return;
    }
    event.prevent_default();
    let kind = event.type_();
    let is_over = match kind.as_str() {
        "drop" => false,
        // Between elements of the page there is one that is entered.
        "dragleave" => !get(event, "relatedTarget").is_null(),
        _ => true,
    };
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = match is_over {
            true => root.set_attribute(MARK, ""),
            false => root.remove_attribute(MARK),
        };
    }
    let file = get(&get(&data, "files"), "0");
    if kind == "drop" && !file.is_undefined() {
        DROPPED.set(Some(file));
        dropped.update(|count| *count += 1);
        go_to_page();
    }
}

/// Goes to the page that shows opened files, unless it is there.
pub fn go_to_page() {
    let page = at("/open");
    if path().as_ref() != Some(&page) {
        super::go(&page);
    }
}

/// Gives the focus to the page's content if nothing has it: the field that had it is gone once the file is open.
pub fn keep_focus() {
    let Some(document) = document() else { return };
    let has_focus = document
        .active_element()
        .is_some_and(|active| active.tag_name() != "BODY");
    if !has_focus {
        super::focus_quietly("content");
    }
}

/// Sends a file as it is.
///
/// # Errors
/// A text for people, if the server cannot be reached.
pub async fn post_file(path: &str, file: &JsValue) -> Result<Answer, String> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(file);
    super::call(path, &request).await
}

/// The file that was dropped last, once.
pub fn dropped() -> Option<JsValue> {
    DROPPED.take()
}

/// The file that was chosen in a field. Choosing the same one again is a choice, too.
pub fn chosen(event: &web_sys::Event) -> Option<JsValue> {
    let field = JsValue::from(event.target()?);
    let file = get(&get(&field, "files"), "0");
    let _ = Reflect::set(&field, &"value".into(), &"".into());
    (!file.is_undefined()).then_some(file)
}

/// A file's name.
pub fn name_of(file: &JsValue) -> String {
    get(file, "name").as_string().unwrap_or_default()
}

/// What came of reading a file.
pub enum FileBytes {
    /// All of it, unpacked.
    Read(Vec<u8>),
    /// It has so many bytes at least.
    TooLarge(u64),
    /// It is packed and cannot be unpacked.
    Damaged,
    /// The browser refused.
    Unreadable,
}

/// A file's bytes, those of a gzip file unpacked, if they are no more than `most`.
pub async fn bytes_of(file: &JsValue, most: usize) -> FileBytes {
    let size = get(file, "size").as_f64().unwrap_or(0.0);
    if size > most as f64 {
        return FileBytes::TooLarge(size as u64);
    }
    let read = async {
        let head = call(file, "slice", &[0.into(), 2.into()])?;
        let head = Uint8Array::new(&awaited(call(&head, "arrayBuffer", &[])?).await?).to_vec();
        match head == [0x1f, 0x8b] {
            true => Some(unpacked(file, most).await.unwrap_or(FileBytes::Damaged)),
            false => {
                let buffer = awaited(call(file, "arrayBuffer", &[])?).await?;
                Some(FileBytes::Read(Uint8Array::new(&buffer).to_vec()))
            }
        }
    };
    read.await.unwrap_or(FileBytes::Unreadable)
}

/// Unpacks piece by piece, so that a small file cannot become an endless one.
async fn unpacked(file: &JsValue, most: usize) -> Option<FileBytes> {
    let unpacker: Function = get(&js_sys::global(), "DecompressionStream")
        .dyn_into()
        .ok()?;
    let unpacker = Reflect::construct(&unpacker, &Array::of1(&"gzip".into())).ok()?;
    let stream = call(file, "stream", &[])?;
    let stream = call(&stream, "pipeThrough", &[unpacker])?;
    let reader = call(&stream, "getReader", &[])?;
    let mut bytes = Vec::new();
    loop {
        let step = awaited(call(&reader, "read", &[])?).await?;
        if get(&step, "done").is_truthy() {
            return Some(FileBytes::Read(bytes));
        }
        let piece: Uint8Array = get(&step, "value").dyn_into().ok()?;
        if bytes.len() + piece.length() as usize > most {
            let _ = awaited(call(&reader, "cancel", &[])?).await;
            return Some(FileBytes::TooLarge(most as u64));
        }
        bytes.extend(piece.to_vec());
    }
}

async fn awaited(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .ok()
}

/// A property; undefined if there is none.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method; `None` if it fails.
fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(object, name).dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::apply(&method, object, &list).ok()
}

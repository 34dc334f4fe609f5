//! The HTML document around the application: head, style sheet and the scripts that hydrate it.
//!
//! The built files carry a hash of their content in their names. The server learns the names from
//! the site's manifest and hands them over as [`SiteFiles`]; nothing here reads a file.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::address::{at, prefix};
use crate::chunks::Chunk;
use crate::preferences::{COLUMNS, DENSITY, KEYMAP, KEYS, MOTION, NAV, TEXT, THEME, ZONE};
use crate::routes::App;

/// Addresses of the built files, as the browser asks for them (`/pkg/spanfall.….js`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFiles {
    /// The JavaScript module that loads the WebAssembly; empty when the site was not built.
    pub script: String,
    /// The WebAssembly module.
    pub wasm: String,
    /// The style sheet.
    pub style: String,
    /// The fonts that the style sheet names.
    pub fonts: Vec<String>,
    /// Names of chunks with the modules that each needs.
    pub chunks: Vec<(String, String)>,
}

impl SiteFiles {
    /// The same files on a server that stands below a path.
    pub fn below(mut self, prefix: &str) -> Self {
        let names = [&mut self.script, &mut self.wasm, &mut self.style];
        let chunks = self.chunks.iter_mut().map(|(_, file)| file);
        let names = names.into_iter().chain(&mut self.fonts).chain(chunks);
        for name in names.filter(|name| !name.is_empty()) {
            name.insert_str(0, prefix);
        }
        self
    }
}

/// Turns the hash addresses of MLflow's own viewer, which SDKs print and notebooks keep, into ours.
const HASH_ADDRESSES: &str = r##"{const h=location.hash,b=document.documentElement.dataset.base||"";if(location.pathname===(b||"/")&&h.startsWith("#/")){
const [path,query]=h.slice(1).split("?"),at=path.split("/"),q=new URLSearchParams(query),e=encodeURIComponent;
const trace=q.get("selectedEvaluationId")||q.get("selectedTraceId")||q.get("traceId");
if(at[1]==="experiments"&&at[2])location.replace(b+(trace?"/traces/"+e(trace):at[3]==="runs"&&at[4]?"/runs/"+e(at[4]):
"/experiments/"+e(at[2])+(at[3]==="runs"?"/runs":"/traces")));
else if(at[1]==="traces"&&at[2])location.replace(b+"/traces/"+e(at[2]))}}"##;

/// Keeps the single keys that are pressed while the viewer is still loading, and presses them again when it calls
/// `spanfallKeys`: whoever knows the page goes to the next row before it is alive.
const KEPT_KEYS: &str = r##"{const kept=[],keep=e=>{const t=e.target,plain=!(e.ctrlKey||e.metaKey||e.altKey);
if(!plain||/^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName)||t.isContentEditable)return;
if(e.key==="Enter"&&kept.length)e.preventDefault();else if(e.key.length!==1||e.key===" ")return;
kept.push([e.key,e.shiftKey])};addEventListener("keydown",keep,true);
self.spanfallKeys=()=>{removeEventListener("keydown",keep,true);for(const [key,shiftKey] of kept.splice(0))
(document.activeElement||document.body).dispatchEvent(new KeyboardEvent("keydown",{key,shiftKey,bubbles:true,cancelable:true}))}}"##;

/// Renders the document. Without built files (a server started alone) the page is plain HTML.
pub fn shell(files: SiteFiles) -> impl IntoView {
    let has_script = !files.script.is_empty();
    let has_style = !files.style.is_empty();
    let style = files.style.clone();
    let base = Some(prefix()).filter(|prefix| !prefix.is_empty());
    let preload = |font: &String| {
        view! { <link rel="preload" href=font.clone() r#as="font" r#type="font/woff2" crossorigin="anonymous"/> }
    };
    let fonts = files.fonts.iter().map(preload).collect_view();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=THEME.attribute() data-density=DENSITY.attribute() data-text=TEXT.attribute()
            data-motion=MOTION.attribute() data-keys=KEYS.attribute() data-keymap=KEYMAP.attribute() data-nav=NAV.attribute() data-zone=ZONE.attribute() data-columns=COLUMNS.attribute() data-base=base>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f8fa"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#14171e"/>
                <link rel="icon" href=at("/favicon.svg") type="image/svg+xml"/>
                <script nonce=use_nonce()>{HASH_ADDRESSES}</script>
                {has_style.then(|| view! {
                    {fonts}
                    <link rel="stylesheet" href=style/>
                })}
                {has_script.then(|| view! { <HydrationScript files/> })}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Fetches script and WebAssembly side by side and hydrates once the document is parsed.
///
/// Not Leptos' own component: that one finds hashed names in a file beside the executable, which a
/// binary with the site inside does not have.
#[component]
fn HydrationScript(files: SiteFiles) -> impl IntoView {
    let nonce = use_nonce();
    let path = use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned());
    let table = path.as_deref().and_then(early_table);
    let table = table.map(|start| view! { <script nonce=nonce.clone()>{start}</script> });
    let chunk = path.and_then(|path| Chunk::of_path(&path)).map(Chunk::name);
    let chunks = files
        .chunks
        .into_iter()
        .filter(|(name, _)| chunk == Some(name.as_str()))
        .map(|(_, module)| {
            view! { <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
        })
        .collect_view();
    let start = format!(
        "import init,{{hydrate}} from {script:?};init({{module_or_path:{wasm:?}}}).then(hydrate)",
        script = files.script,
        wasm = files.wasm,
    );
    view! {
        <script nonce=nonce.clone()>{KEPT_KEYS}</script>
        {table}
        <link rel="modulepreload" href=files.script nonce=nonce.clone()/>
        <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        {chunks}
        <script type="module" nonce=nonce>{start}</script>
    }
}

/// Asks for the spans of a trace while the script is still on its way; `browser::early` takes the answer over.
fn early_table(path: &str) -> Option<String> {
    let mut segments = path.split('/').skip(1);
    let (Some("traces"), Some(trace), None) = (segments.next(), segments.next(), segments.next())
    else {
        return None;
    };
    // As it stands in a path a segment needs no more encoding, but must not end the script.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~%".contains(c);
    if trace.is_empty() || !trace.chars().all(is_plain) {
        return None;
    }
    let address = at(&format!("/ui-api/traces/{trace}/spans"));
    Some(format!(
        "{{const a={address:?},t=fetch(a+'?early=1');t.catch(()=>0);self.spanfallTable=[a,t]}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::early_table;

    #[test]
    fn only_pages_of_traces_ask_early_and_no_path_ends_the_script() {
        assert!(
            early_table("/traces/tr-1").is_some_and(|script| script.contains("/traces/tr-1/spans"))
        );
        for path in [
            "/",
            "/traces/",
            "/experiments/1/traces",
            "/traces/a/b",
            "/traces/\"</script>",
            "/traces/é",
        ] {
            assert_eq!(early_table(path), None, "{path}");
        }
    }
}

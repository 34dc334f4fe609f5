//! The `spanfall` binary.

mod assets;
mod ui;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let port = arguments.windows(2).find(|pair| pair[0] == "--port").map_or("5000", |pair| &pair[1]);
    let root = std::env::var_os("SPANFALL_SITE_ROOT").map(std::path::PathBuf::from);
    let site = assets::Site::load(root.as_deref())?;
    if site.is_empty() {
        eprintln!("no built site found: pages come without script and style");
    }
    let router = site.routes().merge(ui::routes(site.files(), || {}));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("Spanfall listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

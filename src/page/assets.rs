//! The files of the page, embedded: no build step, no other machine, no file that could be missing.

/// An asset's content type and bytes, by the path behind [`super::forms::ASSETS_PATH`]; `None` for any other path.
pub fn asset(path: &str) -> Option<(&'static str, &'static [u8])> {
    Some(match path {
        "till.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/page/till.css")),
        "till.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/page/till.js")),
        "customer.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/page/customer.js")),
        "till.svg" => ("image/svg+xml", include_bytes!("../../assets/page/till.svg")),
        "htmx.min.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/page/htmx.min.js")),
        // Its licence asks for nothing; who wonders what runs here finds it beside it.
        "htmx.LICENSE" => ("text/plain; charset=utf-8", include_bytes!("../../assets/page/htmx.LICENSE")),
        _ => return None,
    })
}

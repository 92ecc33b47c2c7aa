//! The page at `/`: what listens here, and the strip of truth. No script; it reloads itself, so that the strip stays true.

use super::views::Status;
use std::fmt::Write;
use std::net::SocketAddr;

/// Where the stylesheet is: the content policy allows none inside the page.
pub(super) const STYLE_PATH: &str = "/till.css";
pub(super) const STYLE: &str = "\
body { font: 18px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 42rem; padding: 0 1rem; color: #1c1c1c; }
.strip { padding: .75rem 1rem; border-radius: .5rem; background: #e4f3e6; }
.strip.offline { background: #fdeccb; }
.alarm { padding: .5rem 1rem; border-radius: .5rem; background: #f9d9d6; }
code { background: #eee; padding: .1rem .3rem; border-radius: .25rem; }
";

/// The page.
pub(super) fn page(status: &Status, address: SocketAddr) -> String {
    let class = if status.sync.online { "strip" } else { "strip offline" };
    let alarms = status.alarms.iter().fold(String::new(), |mut html, alarm| {
        // Writing into a String cannot fail.
        let _ = writeln!(html, "<p class=\"alarm\">{}</p>", escape(alarm));
        html
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta http-equiv=\"refresh\" content=\"5\">\n\
         <title>Till {till}</title>\n<link rel=\"stylesheet\" href=\"{STYLE_PATH}\">\n\
         <h1>Till {till}</h1>\n<p class=\"{class}\">{strip}</p>\n{alarms}\
         <p>This is the local API of the till agent {version}, at <code>http://{address}/v1</code>. It serves programs of this \
         machine that hold the machine token; what it offers is described in <a href=\"{openapi}\">openapi.json</a>.</p>\n</html>\n",
        till = escape(&status.till),
        strip = escape(&status.strip()),
        version = escape(&status.version),
        openapi = super::OPENAPI_PATH,
    )
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
        html
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_says_is_never_markup() {
        assert_eq!(
            escape("<script>alert('&\"')</script>"),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"
        );
    }
}

//! What the OpenAPI document says that each operation answers, for every answer that a test gets.

use std::collections::BTreeSet;
use std::sync::OnceLock;

/// An operation: its verb, its path in parts, and the statuses that the document lists.
struct Documented {
    method: String,
    path: Vec<String>,
    statuses: BTreeSet<String>,
}

impl Documented {
    /// How many parts of a path it names by themselves; `None` for another path.
    fn fits(&self, path: &[&str]) -> Option<usize> {
        let is_open = |part: &str| part.starts_with('{');
        let pairs = || self.path.iter().zip(path);
        let fits = self.path.len() == path.len() && pairs().all(|(ours, part)| is_open(ours) || ours == part);
        fits.then(|| pairs().filter(|(ours, _)| !is_open(ours)).count())
    }
}

fn all() -> &'static [Documented] {
    static ALL: OnceLock<Vec<Documented>> = OnceLock::new();
    ALL.get_or_init(|| {
        let document = serde_json::to_value(::kpn::document()).expect("a document");
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            let path: Vec<String> = path.trim_start_matches('/').split('/').map(str::to_owned).collect();
            for (method, operation) in item.as_object().expect("verbs") {
                let statuses = operation["responses"].as_object().expect("answers").keys().cloned().collect();
                all.push(Documented { method: method.to_uppercase(), path: path.clone(), statuses });
            }
        }
        all
    })
}

/// Fails when the document does not list this answer of the operation; of what is no operation it says nothing.
#[track_caller]
pub fn must_list(method: &str, path: &str, status: u16) {
    let method = if method == "HEAD" { "GET" } else { method };
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let fitting = all().iter().filter(|one| one.method == method);
    let fitting = fitting.filter_map(|one| Some((one.fits(&parts)?, one)));
    let Some((_, one)) = fitting.max_by_key(|(parts, _)| *parts) else { return };
    assert!(
        one.statuses.contains(&status.to_string()),
        "{method} /{} answered {status}, and the document lists {:?}",
        one.path.join("/"),
        one.statuses
    );
}

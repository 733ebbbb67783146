//! An OpenAPI document as a Postman collection (v2.1) that succeeds when it is run from top to bottom.

use serde_json::{Map, Value, json};

use super::steps::{Folder, Step};

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
/// The API takes 30 calls a second of one token; a run keeps well below.
const PACE: &str = "setTimeout(function () {}, 45);";
/// Where a server is unless it says otherwise.
pub const LOCAL_URL: &str = "http://localhost:8080";
const BOUNDARY: &str = "bedside-example";
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// One operation of the document, with where it stands.
struct Operation<'a> {
    document: &'a Value,
    method: &'a str,
    path: &'a str,
    about: &'a Value,
}

/// The collection: the folders' requests, each with a test of its status.
pub fn collection(document: &Value, folders: &[Folder]) -> Value {
    let operations = operations(document);
    let find = |step: &Step| operations.iter().find(|one| one.id() == step.operation);
    let folder = |(name, steps): &Folder| {
        let items: Vec<_> = steps.iter().filter_map(|step| Some(item(find(step)?, step))).collect();
        json!({ "name": name, "item": items })
    };
    let pace = json!({ "listen": "prerequest", "script": { "type": "text/javascript", "exec": [PACE] } });
    json!({
        "info": { "name": document["info"]["title"], "description": about(document), "schema": SCHEMA },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{access_token}}", "type": "string" }] },
        "event": [pace],
        "variable": variables(folders),
        "item": folders.iter().map(folder).collect::<Vec<_>>(),
    })
}

/// The environment: what differs from server to server.
pub fn environment(name: &str) -> Value {
    let value = |key: &str, value: &str, kind: &str| json!({ "key": key, "value": value, "type": kind, "enabled": true });
    json!({
        "name": name,
        "values": [
            value("base_url", LOCAL_URL, "default"),
            value("access_token", "", "secret"),
        ],
        "_postman_variable_scope": "environment",
    })
}

fn about(document: &Value) -> String {
    format!(
        "{} Fill in `base_url` and `access_token` in the environment; `bedside token` prints one for a demo. Run \
         the requests from top to bottom: each keeps what later ones need.",
        document["info"]["description"].as_str().unwrap_or_default()
    )
}

fn variables(folders: &[Folder]) -> Vec<Value> {
    let kept = folders.iter().flat_map(|(_, steps)| *steps).flat_map(|step| step.keeps);
    let mut names: Vec<&str> = kept.map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| json!({ "key": name, "value": "" })).collect()
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object();
    let mut all = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let methods = METHODS.iter().filter_map(|method| Some((*method, item.get(method)?)));
        all.extend(methods.map(|(method, about)| Operation { document, method, path, about }));
    }
    all
}

fn item(operation: &Operation<'_>, step: &Step) -> Value {
    let mut request = json!({
        "method": operation.method.to_uppercase(),
        "header": [],
        "url": operation.url(step),
        "description": operation.about["description"].as_str().unwrap_or_default(),
    });
    if let Some((kind, raw)) = operation.body(step) {
        request["header"] = json!([{ "key": "Content-Type", "value": kind }]);
        request["body"] = json!({ "mode": "raw", "raw": raw });
    }
    let summary = operation.about["summary"].as_str().unwrap_or(step.operation);
    json!({
        "name": step.name.unwrap_or(summary),
        "request": request,
        "event": [{ "listen": "test", "script": { "type": "text/javascript", "exec": operation.test(step) } }],
        // A redirect is an answer here and not a way to another.
        "protocolProfileBehavior": { "followRedirects": false },
    })
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.about["operationId"].as_str().unwrap_or_default()
    }

    fn url(&self, step: &Step) -> Value {
        let base = self.document["servers"][0]["url"].as_str().unwrap_or_default();
        let mut path = format!("{base}{}", self.path);
        for (placeholder, variable) in step.at {
            path = path.replace(&format!("{{{placeholder}}}"), &format!("{{{{{variable}}}}}"));
        }
        let query: Vec<(&str, String)> = self.parameters().filter_map(asked).collect();
        let pairs: Vec<_> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        json!({
            "raw": format!("{{{{base_url}}}}{path}{mark}{}", pairs.join("&")),
            "host": ["{{base_url}}"],
            "path": path.trim_start_matches('/').split('/').collect::<Vec<_>>(),
            "query": query.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
        })
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.about["parameters"].as_array().into_iter().flatten()
    }

    /// The type and text of the body.
    fn body(&self, step: &Step) -> Option<(String, String)> {
        let (kind, content) = self.about["requestBody"]["content"].as_object()?.iter().next()?;
        let schema = resolved(self.document, &content["schema"]);
        if kind == "multipart/form-data" {
            return Some((format!("{kind}; boundary={BOUNDARY}"), form(schema)));
        }
        let raw =
            step.body.map_or_else(|| format!("{:#}", example(self.document, schema)), ToOwned::to_owned);
        Some((format!("{kind}; charset=UTF-8"), raw))
    }

    fn test(&self, step: &Step) -> Vec<String> {
        let named = self.about["responses"].as_object().into_iter().flatten();
        let good = named.filter_map(|(status, _)| status.parse::<u16>().ok()).filter(|status| *status < 400);
        let good: Vec<u16> = good.chain(step.also).collect();
        let mut lines = vec![format!(
            "pm.test(\"the answer is {}\", () => pm.expect(pm.response.code).to.be.oneOf({good:?}));",
            good.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
        )];
        if !step.keeps.is_empty() {
            lines.push("const body = pm.response.json();".to_owned());
        }
        let keep = |(name, place): &(&str, &str)| format!("pm.collectionVariables.set(\"{name}\", {place});");
        lines.extend(step.keeps.iter().map(keep));
        lines
    }
}

/// A query parameter that the document gives an example of.
fn asked(parameter: &Value) -> Option<(&str, String)> {
    let example = parameter.get("example").filter(|_| parameter["in"] == "query")?;
    let text = example.as_str().map_or_else(|| example.to_string(), ToOwned::to_owned);
    Some((parameter["name"].as_str()?, text))
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/"));
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

/// What the schema's examples make, and of what has none only the fields that must be there.
fn example(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
    match schema["type"].as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let shown = fields.filter(|(name, field)| field.get("example").is_some() || is_required(name));
            Value::Object(
                shown.map(|(name, field)| (name.clone(), example(document, field))).collect::<Map<_, _>>(),
            )
        }
        Some("array") => json!([]),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        _ => json!(""),
    }
}

/// A form whose files are small texts, written out so that it needs no file on disk.
fn form(schema: &Value) -> String {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let part = |(name, field): (&String, &Value)| {
        let is_file = field["type"] == "array" || field["format"] == "binary";
        let (more, text) = if is_file {
            ("; filename=\"letter.txt\"\r\nContent-Type: text/plain", "A letter to try files with.")
        } else {
            ("", "With this letter")
        };
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
    };
    format!("{}--{BOUNDARY}--\r\n", fields.map(part).collect::<String>())
}

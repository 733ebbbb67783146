//! Operations as the OpenAPI documents list them.

use serde_json::Value;

/// One verb on one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id in the document.
    pub id: String,
    /// The verb in capitals.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// The scope that the document asks for.
    pub scope: String,
}

impl Operation {
    /// The path with a value for each parameter.
    pub fn path_with(&self, value: impl Fn(&str) -> String) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => value(name),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// Every operation of the messenger's document.
pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(::kpn::document()).expect("a document");
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, said) in item.as_object().expect("verbs") {
            operations.push(Operation {
                id: said["operationId"].as_str().expect("an operation id").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                scope: scope_of(said),
            });
        }
    }
    operations
}

fn scope_of(said: &Value) -> String {
    let scopes = said["security"][0]["oauth"].as_array().expect("every operation asks for a scope");
    assert_eq!(scopes.len(), 1, "one scope an operation");
    scopes[0].as_str().expect("a scope").to_owned()
}

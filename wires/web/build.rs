//! Builds this crate again when Swagger UI was laid into `web/dist` after the last build.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist/api-docs");
}

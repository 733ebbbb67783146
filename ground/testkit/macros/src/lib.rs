//! The `#[bedside_test]` attribute.

use proc_macro::TokenStream;
use quote::quote;
use syn::{FnArg, ItemFn, parse_macro_input};

/// Runs an async test on SQLite, and on PostgreSQL when `BEDSIDE_TEST_POSTGRES` names a server. Its one argument is
/// any `testkit::Setting`.
#[proc_macro_attribute]
pub fn bedside_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let test = parse_macro_input!(item as ItemFn);
    let name = &test.sig.ident;
    let Some(FnArg::Typed(setting)) = test.sig.inputs.first() else {
        let error = syn::Error::new_spanned(&test.sig, "a test takes its setting: (ward: Ward)");
        return error.to_compile_error().into();
    };
    let kind = &setting.ty;
    quote! {
        mod #name {
            use super::*;
            #[test]
            fn on_sqlite() {
                ::testkit::run::<#kind, _>(::testkit::Engine::Sqlite, super::#name);
            }
            #[test]
            fn on_postgres() {
                ::testkit::run::<#kind, _>(::testkit::Engine::Postgres, super::#name);
            }
        }
        #test
    }
    .into()
}

//! Each operation with a token that has every scope but the one that it asks for.

use kernel::Role;
use kernel::Scope;
use testkit::bedside_test;

use super::doors::Hall;
use super::operation::operations;
use crate::cast::Ward;

#[bedside_test]
async fn without_its_scope_every_operation_is_refused_before_anything_is_looked_up(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let before = ward.inventory().await;
    let granted = Scope::MESSENGER.map(Scope::name);
    for operation in operations() {
        ward.pass_a_second();
        assert!(granted.contains(&operation.scope.as_str()), "{}: {}", operation.id, operation.scope);
        let others: Vec<&str> = granted.into_iter().filter(|scope| *scope != operation.scope).collect();
        let client = hall.boss.kpn_with(&others.join(" ")).await;
        let answer = hall.run(&client, &operation).await;
        assert_eq!(answer.refused(), (403, "insufficient_scope"), "{}", operation.id);
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer error=\"insufficient_scope\""),
            "{}: {challenge}",
            operation.id
        );
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn an_administrators_scope_opens_no_chat(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let boss = hall.anna.organisation.somebody("Eva", "de Boer", Role::Administrator).await;
    let client = boss.kpn_with("read write admin").await;
    for operation in operations().iter().filter(|operation| operation.path.starts_with("/groupchats/")) {
        ward.pass_a_second();
        assert_eq!(hall.run(&client, operation).await.refused().0, 404, "{}", operation.id);
    }
}

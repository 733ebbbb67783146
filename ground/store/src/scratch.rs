//! Databases of PostgreSQL's that are made for one purpose and dropped after it: tests and benchmarks.

use std::str::FromStr;

use kernel::{Error, Result};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, NoTls};

const TAKE_TURNS: &str = "SELECT pg_advisory_lock(4242424243)";
const FIND: &str = "SELECT 1 FROM pg_database WHERE datname = $1";
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = $1 AND pid <> pg_backend_pid()";
const TABLES: &str = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
const WAITING: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND NOT l.granted";

/// Every statement of this module.
pub(crate) const POSTGRES_SQL: &[&str] = &[TAKE_TURNS, FIND, END, TABLES, WAITING];

/// Makes database `name` on the server of `url`, from `template` when one is named, and gives its URL.
///
/// # Errors
/// [`Error::Unavailable`] when the server refuses.
pub async fn create(url: &str, name: &str, template: Option<&str>) -> Result<String> {
    let template = template.unwrap_or("template0");
    let quoted = format!(
        "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        quote(name),
        quote(template)
    );
    with_client(url, async |client| client.batch_execute(&quoted).await.map_err(Error::unavailable)).await?;
    url_of(url, name)
}

/// Drops database `name` on the server of `url`, and whoever is connected to it.
///
/// # Errors
/// [`Error::Unavailable`] when the server refuses.
pub async fn remove(url: &str, name: &str) -> Result<()> {
    let quoted = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(name));
    with_client(url, async |client| client.batch_execute(&quoted).await.map_err(Error::unavailable)).await
}

/// Makes database `name` once for all processes that ask at the same time; `fill` is called by the one that made it.
///
/// # Errors
/// [`Error::Unavailable`] when the server refuses; `fill`'s own.
pub async fn create_once(url: &str, name: &str, fill: impl AsyncFnOnce(String) -> Result<()>) -> Result<()> {
    with_client(url, async |client| {
        client.batch_execute(TAKE_TURNS).await.map_err(Error::unavailable)?;
        let found = client.query(FIND, &[&name]).await;
        if !found.map_err(Error::unavailable)?.is_empty() {
            return Ok(());
        }
        // It gets its name only once it is whole, so that an interrupted attempt is not taken for it.
        let attempt = format!("{name}_attempt");
        remove(url, &attempt).await?;
        fill(create(url, &attempt, None).await?).await?;
        end_backends(url, &attempt).await?;
        let rename = format!("ALTER DATABASE {} RENAME TO {}", quote(&attempt), quote(name));
        client.batch_execute(&rename).await.map_err(Error::unavailable)
    })
    .await
}

/// Ends a server process of PostgreSQL's that serves the database, as an operator would; says how many.
///
/// # Errors
/// [`Error::Unavailable`] when the server refuses.
pub async fn end_backends(url: &str, name: &str) -> Result<usize> {
    with_client(url, async |client| {
        client.query(END, &[&name]).await.map(|rows| rows.len()).map_err(Error::unavailable)
    })
    .await
}

/// A hold on every table of a database, which lets everybody read and nobody write until it is released or dropped.
pub struct Hold {
    client: Client,
    driver: JoinHandle<std::result::Result<(), tokio_postgres::Error>>,
}

impl Hold {
    /// Takes hold of the database at the URL.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server refuses.
    pub async fn of(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(Error::unavailable)?;
        let hold = Self { client, driver: tokio::spawn(connection) };
        let tables = hold.client.query(TABLES, &[]).await.map_err(Error::unavailable)?;
        let tables: Vec<String> = tables.iter().map(|row| quote(row.get(0))).collect();
        let lock = format!("BEGIN; LOCK TABLE {} IN EXCLUSIVE MODE", tables.join(", "));
        hold.client.batch_execute(&lock).await.map_err(Error::unavailable)?;
        Ok(hold)
    }

    /// How many wait for it to be released.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server refuses.
    pub async fn waiting(&self) -> Result<i64> {
        self.client.query_one(WAITING, &[]).await.map(|row| row.get(0)).map_err(Error::unavailable)
    }

    /// Lets everybody write again.
    pub async fn release(self) {
        drop(self.client);
        drop(self.driver.await);
    }
}

async fn with_client<T>(url: &str, work: impl AsyncFnOnce(&Client) -> Result<T>) -> Result<T> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(Error::unavailable)?;
    let driver = tokio::spawn(connection);
    let answer = work(&client).await;
    drop(client);
    drop(driver.await);
    answer
}

fn url_of(url: &str, name: &str) -> Result<String> {
    Config::from_str(url).map_err(Error::bug)?;
    let (server, _) = url.rsplit_once('/').ok_or_else(|| Error::bug("a URL without a database"))?;
    Ok(format!("{server}/{name}"))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

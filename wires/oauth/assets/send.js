// The page holds one answer on its way to an application: it goes on by itself, and by its button where this does not run.
document.querySelector("main form").submit();

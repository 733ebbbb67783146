// Copies a field at the press of a button, which is there only where this script is and the browser lets it.

const done = document.getElementById('copied');

for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    done.textContent = button.dataset.done;
  });
}

// Copying a link or a snippet: data-copy names the input; without this script it is selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", () => {
    field.select();
    navigator.clipboard?.writeText(field.value);
    document.getElementById("live").textContent = button.textContent.trim() + " ✓";
  });
}

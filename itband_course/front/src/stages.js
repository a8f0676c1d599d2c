// The elements in which a figure of this page is shown, for whoever moves it without the kernel.

export async function stagesOf(figure) {
  const views = await Promise.all(Object.values(figure?.views ?? {}));
  return views.map(({ el }) => el).filter((el) => el?.itbandFigure);
}

// The figure's model behind a reference of another widget.
export function figureOf(model, reference) {
  return model.widget_manager.get_model(String(reference).replace(/^(IPY_MODEL_|anywidget:)/, ""));
}

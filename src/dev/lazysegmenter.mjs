// Bundled in place of Intl.Segmenter: Ink and what it uses make one each as they are loaded, and the
// first one reads ICU's tables (8 ms), which most frames have no use for.
const { Segmenter } = Intl;

export class LazySegmenter {
  #given;
  #segmenter;

  constructor(...given) {
    this.#given = given;
  }

  segment(text) {
    this.#segmenter ??= new Segmenter(...this.#given);
    return this.#segmenter.segment(text);
  }
}

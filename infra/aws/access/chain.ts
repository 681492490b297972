import * as pulumi from '@pulumi/pulumi';

/**
 * Resources that are applied one after the other. Changes of grants write the same catalog rows, and two at once end in
 * "tuple concurrently updated" (pulumi-postgresql 831, terraform-provider-postgresql 178): the provider has no lock for
 * all of them, and nobody can be asked to run `up` with --parallel 1.
 */
export class Chain {
  private last: pulumi.CustomResource | undefined;

  /** @param options Of every link: parent, provider, deletedWith. */
  constructor(private readonly options: pulumi.CustomResourceOptions) {}

  /** @param own Options of this link alone. */
  add(
    make: (options: pulumi.CustomResourceOptions) => pulumi.CustomResource,
    own: pulumi.CustomResourceOptions = {},
  ): void {
    const before = this.last === undefined ? [] : [this.last];
    this.last = make({ ...this.options, ...own, dependsOn: before });
  }

  /** A value that is known, and usable, once the last link is there. */
  end(value: string): pulumi.Output<string> {
    return this.last === undefined ? pulumi.output(value) : this.last.id.apply(() => value);
  }
}

/** Options of what is there already under this id, and is taken over as it is. */
export function imported(adopted: boolean, id: string): pulumi.CustomResourceOptions {
  return adopted ? { import: id } : {};
}

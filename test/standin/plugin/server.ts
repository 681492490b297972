/**
 * A provider plugin as the engine knows it. The one in `@pulumi/pulumi/provider` keeps the provider's own configuration
 * from its code, which a provider with a host and a login cannot do without; this serves the same protocol.
 */
import * as grpc from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { type Data, plain, plainData, sameValue } from './values';

export interface Place {
  /** Token of the type, such as `aws:rds/instance:Instance`. */
  readonly type: string;
  /** The name that the program gave the resource. */
  readonly name: string;
}

export interface Change {
  /** Inputs as they were. */
  readonly olds: Data;
  /** The resource as it was last seen. */
  readonly state: Data;
  readonly news: Data;
  /** Properties whose change is to be ignored. */
  readonly ignored: readonly string[];
}

/** What a plugin does; every value is plain, secrets unwrapped. An error thrown becomes the resource's error. */
export interface Plugin {
  /** That of the SDK, which asks for it. */
  readonly version: string;
  configure(variables: Data): Promise<void>;
  /** Inputs with their defaults, and what is wrong with them. */
  check(place: Place, olds: Data, news: Data): Promise<{ defaults: Data; problems: readonly string[] }>;
  /** Whether anything changed, and the inputs that a resource cannot change. */
  diff(place: Place, change: Change): Promise<{ changed: boolean; replaces: readonly string[] }>;
  create(place: Place, inputs: Data): Promise<{ id: string; outputs: Data }>;
  /** The properties that are to be seen now; null: it is gone. */
  read(place: Place, id: string, kept: Data): Promise<Data | null>;
  /** `kept`: its outputs and inputs together. */
  update(place: Place, id: string, kept: Data, news: Data): Promise<Data>;
  delete(place: Place, id: string, kept: Data): Promise<void>;
  invoke(token: string, args: Data): Promise<Data>;
}

type Call<T> = grpc.ServerUnaryCall<T, unknown>;
type Reply<T> = (error: Partial<grpc.ServiceError> | null, value?: T) => void;
type Handler<Q, A> = (call: Call<Q>, reply: Reply<A>) => void;

function handler<Q, A>(work: (request: Q) => Promise<A>): Handler<Q, A> {
  return (call, reply) => {
    work(call.request).then(
      (value) => reply(null, value),
      (error: Error) => reply({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
}

function struct(data: Data): Struct {
  // Through JSON, since a struct has no `undefined`.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(data)) as Record<string, JavaScriptValue>);
}

function data(value: Struct | undefined): Data {
  return (value?.toJavaScript() ?? {}) as Data;
}

function place(urn: string): Place {
  const [, , type = '', name = ''] = urn.split('::');
  return { type: type.split('$').at(-1) ?? '', name };
}

/** The old inputs; an engine that sends none keeps them among the outputs. */
function oldInputs(request: { getOldInputs(): Struct | undefined; getOlds(): Struct | undefined }): Data {
  return data(request.getOldInputs() ?? request.getOlds());
}

function service(plugin: Plugin): grpc.UntypedServiceImplementation {
  const methods = {
    getPluginInfo: handler(async () => {
      const response = new PluginInfo();
      response.setVersion(plugin.version);
      return response;
    }),
    attach: handler(async () => new Empty()),
    cancel: handler(async () => new Empty()),
    getSchema: handler(async () => {
      const response = new messages.GetSchemaResponse();
      response.setSchema('{}');
      return response;
    }),
    configure: handler(async (request: messages.ConfigureRequest) => {
      await plugin.configure(plainData(data(request.getArgs())));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      return response;
    }),
    check: handler(async (request: messages.CheckRequest) => {
      const news = data(request.getNews());
      const { defaults, problems } = await plugin.check(
        place(request.getUrn()),
        plainData(data(request.getOlds())),
        plainData(news),
      );
      const response = new messages.CheckResponse();
      response.setInputs(struct({ ...defaults, ...news }));
      response.setFailuresList(
        problems.map((problem) => {
          const failure = new messages.CheckFailure();
          failure.setReason(problem);
          return failure;
        }),
      );
      return response;
    }),
    diff: handler(async (request: messages.DiffRequest) => {
      const { changed, replaces } = await plugin.diff(place(request.getUrn()), {
        olds: plainData(oldInputs(request)),
        state: plainData(data(request.getOlds())),
        news: plainData(data(request.getNews())),
        ignored: request.getIgnorechangesList(),
      });
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      const response = new messages.DiffResponse();
      response.setChanges(changed ? DIFF_SOME : DIFF_NONE);
      response.setReplacesList([...replaces]);
      return response;
    }),
    create: handler(async (request: messages.CreateRequest) => {
      const inputs = data(request.getProperties());
      const { id, outputs } = await plugin.create(place(request.getUrn()), plainData(inputs));
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(struct({ ...inputs, ...outputs }));
      return response;
    }),
    read: handler(async (request: messages.ReadRequest) => {
      const known = data(request.getInputs());
      const kept = { ...data(request.getProperties()), ...known };
      const found = await plugin.read(place(request.getUrn()), request.getId(), plainData(kept));
      const response = new messages.ReadResponse();
      if (found === null) return response;
      response.setId(request.getId());
      // Inputs as they would have to be for what is there; a secret stays wrapped as it is.
      const inputs = Object.entries(known).map(([key, value]) => [
        key,
        key in found && !sameValue(plain(value), found[key]) ? found[key] : value,
      ]);
      response.setInputs(struct(Object.fromEntries(inputs)));
      response.setProperties(
        struct({ ...data(request.getProperties()), ...found, ...Object.fromEntries(inputs) }),
      );
      return response;
    }),
    update: handler(async (request: messages.UpdateRequest) => {
      const news = data(request.getNews());
      const outputs = await plugin.update(
        place(request.getUrn()),
        request.getId(),
        { ...plainData(data(request.getOlds())), ...plainData(oldInputs(request)) },
        plainData(news),
      );
      const response = new messages.UpdateResponse();
      response.setProperties(struct({ ...news, ...outputs }));
      return response;
    }),
    delete: handler(async (request: messages.DeleteRequest) => {
      const kept = { ...data(request.getProperties()), ...data(request.getOldInputs()) };
      await plugin.delete(place(request.getUrn()), request.getId(), plainData(kept));
      return new Empty();
    }),
    invoke: handler(async (request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      response.setReturn(struct(await plugin.invoke(request.getTok(), plainData(data(request.getArgs())))));
      return response;
    }),
  };
  return methods as unknown as grpc.UntypedServiceImplementation;
}

/** Serves until the engine ends this process; it reads the port from the first line. */
export async function serve(plugin: Plugin): Promise<void> {
  const server = new grpc.Server();
  server.addService(
    ResourceProviderService as unknown as grpc.ServiceDefinition,
    Object.fromEntries(
      Object.keys(ResourceProviderService).map((name) => [
        name,
        service(plugin)[name] ??
          ((_call: unknown, reply: Reply<never>) =>
            reply({ code: grpc.status.UNIMPLEMENTED, details: name })),
      ]),
    ) as grpc.UntypedServiceImplementation,
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  process.stdout.write(`${port}\n`);
}

namespace Nashi.Protomux.Rpc;

/// <summary>A method's name and what goes to it and comes from it; shared by callers and responders.</summary>
/// <typeparam name="TRequest">What is asked.</typeparam>
/// <typeparam name="TResponse">What is answered.</typeparam>
/// <param name="Name">At most <see cref="RpcOptions.MaxMethodSize"/> bytes of UTF-8.</param>
/// <param name="Request">How what is asked is written.</param>
/// <param name="Response">How what is answered is written.</param>
public sealed record RpcMethod<TRequest, TResponse>(string Name, IRpcCodec<TRequest> Request, IRpcCodec<TResponse> Response);

using CsCheck;
using Nashi.Datagrams;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Tests;

public sealed class CodecPropertyTests
{
    private static readonly Gen<UdpAddress> Addresses = Gen.Select(Gen.UInt, Gen.Int[0, 65535], UdpAddress.FromIPv4);
    private static readonly Gen<Bytes32?> Ids = Gen.Select(Gen.Bool, Gen.Byte.Array[32], (some, bytes) => some ? new Bytes32(bytes) : (Bytes32?)null);
    private static readonly Gen<byte[]?> Values = Gen.Select(Gen.Bool, Gen.Byte.Array[0, 1200], (some, bytes) => some ? bytes : null);

    private static readonly Gen<RpcRequest> Requests = Gen.Select(
        Gen.UShort, Addresses, Ids, Ids, Gen.Bool, Gen.ULong[0, CompactReader.MaxUInt], Gen.Select(Ids, Values),
        (tid, to, id, token, isInternal, command, rest) => new RpcRequest(tid, to, id, token, isInternal, command, rest.Item1, rest.Item2));

    private static readonly Gen<RpcResponse> Responses = Gen.Select(
        Gen.UShort, Addresses, Ids, Ids, Addresses.Array[0, 20], Gen.ULong[0, CompactReader.MaxUInt], Values,
        (tid, to, id, token, closer, error, value) => new RpcResponse(tid, to, id, token, closer, error, value));

    [Fact]
    public void Request_EncodedAndDecoded_IsTheSame() => Requests.Sample(request =>
    {
        var bytes = request.Encode();
        Assert.True(RpcRequest.TryDecode([.. bytes, 1, 2, 3], out var read));
        Assert.Equal(bytes, read.Encode());
        Assert.Equal(request with { Value = null }, read with { Value = null });
        for (var i = 0; i < bytes.Length; i++) Assert.False(RpcRequest.TryDecode(bytes.AsSpan(0, i), out _));
    });

    [Fact]
    public void Response_EncodedAndDecoded_IsTheSame() => Responses.Sample(response =>
    {
        var bytes = response.Encode();
        Assert.True(RpcResponse.TryDecode([.. bytes, 1, 2, 3], out var read));
        Assert.Equal(bytes, read.Encode());
        Assert.Equal(response.Closer, read.Closer);
        for (var i = 0; i < bytes.Length; i++) Assert.False(RpcResponse.TryDecode(bytes.AsSpan(0, i), out _));
    });
}

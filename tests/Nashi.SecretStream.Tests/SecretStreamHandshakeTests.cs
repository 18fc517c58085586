using Nashi.Cryptography;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

public sealed class SecretStreamHandshakeTests
{
    private readonly KeyPair _first = KeyPair.FromSeed(Filled(32, 1));
    private readonly KeyPair _second = KeyPair.FromSeed(Filled(32, 2));

    [Theory]
    [InlineData(HandshakePattern.XX)]
    [InlineData(HandshakePattern.IK)]
    public async Task OpenAsync_BothSides_AgreeAndTalk(HandshakePattern pattern)
    {
        var (first, second) = RawPair.Create();
        var calling = SecretStream.OpenAsync(
            first, isInitiator: true, new SecretStreamOptions { KeyPair = _first, Pattern = pattern, RemotePublicKey = _second.PublicKey }).AsTask();
        await using var b = await SecretStream.OpenAsync(second, isInitiator: false, new SecretStreamOptions { KeyPair = _second, Pattern = pattern });
        await using var a = await calling.WaitAsync(Patience);
        Assert.Equal(a.HandshakeHash.ToArray(), b.HandshakeHash.ToArray());
        Assert.Equal((_first.PublicKey, _second.PublicKey), (a.LocalPublicKey, a.RemotePublicKey));
        Assert.Equal((_second.PublicKey, _first.PublicKey), (b.LocalPublicKey, b.RemotePublicKey));
        _ = a.Write("ping"u8);
        Assert.Equal("ping"u8.ToArray(), await b.NextAsync());
        _ = b.Write("pong"u8);
        Assert.Equal("pong"u8.ToArray(), await a.NextAsync());
        var got = new List<byte[]>();
        b.SetMessageHandler(message => got.Add(message.ToArray()));
        Assert.True(a.TrySendMessage("beside"u8));
        Assert.Equal("beside"u8.ToArray(), Assert.Single(got));
    }

    [Theory]
    [InlineData(HandshakePattern.XX, CloseKind.HandshakeFailed)]
    [InlineData(HandshakePattern.IK, CloseKind.RawClosed)]
    public async Task OpenAsync_AnotherRemote_IsRefused(HandshakePattern pattern, CloseKind kind)
    {
        var (first, second) = RawPair.Create();
        var calling = SecretStream.OpenAsync(first, true, new SecretStreamOptions { Pattern = pattern, RemotePublicKey = _first.PublicKey }).AsTask();
        var answering = SecretStream.OpenAsync(second, false, new SecretStreamOptions { Pattern = pattern, KeyPair = _second }).AsTask();
        var error = await Assert.ThrowsAsync<SecretStreamHandshakeException>(() => calling.WaitAsync(Patience));
        Assert.Equal(kind, error.Reason.Kind);
        Assert.Equal("HANDSHAKE_FAILED", error.Code);
        _ = await Assert.ThrowsAsync<SecretStreamHandshakeException>(() => answering.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("1f0000")]
    [InlineData("ffffff")]
    [InlineData("2000000100000000000000000000000000000000000000000000000000000000000000")]
    public async Task OpenAsync_BadMessage_IsTypedAndClosesRaw(string hex)
    {
        var (first, second) = RawPair.Create();
        await second.WriteAsync(Convert.FromHexString(hex));
        await second.ShutdownAsync();
        _ = await Assert.ThrowsAsync<SecretStreamHandshakeException>(async () => await SecretStream.OpenAsync(first, isInitiator: false));
        Assert.True(first.IsDisposed);
    }

    [Fact]
    public async Task OpenAsync_IKWithoutRemoteKey_IsMisuse()
    {
        var (first, _) = RawPair.Create();
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await SecretStream.OpenAsync(first, true, new SecretStreamOptions { Pattern = HandshakePattern.IK }));
    }

    [Fact]
    public async Task OpenAsync_Cancelled_Throws()
    {
        var (first, _) = RawPair.Create();
        using var cancel = new CancellationTokenSource();
        var opening = SecretStream.OpenAsync(first, isInitiator: false, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Patience));
    }
}

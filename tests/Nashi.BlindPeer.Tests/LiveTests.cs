using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.BlindPeer.Tests;

/// <summary>Our client and our blind peer.</summary>
public sealed class LiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoPeers_NeverOnlineTogether_ExchangeWhatTheBlindPeerCanNotRead()
    {
        await using var world = await World.CreateAsync();
        var options = new BlindPeerServerOptions { Folder = world.Folder() };
        var server = await world.ServerAsync(options);
        const string Marker = "the secret that must not be found";
        var secret = new byte[32];
        secret.AsSpan().Fill(7);
        CoreKey key;
        {
            var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
            var core = await store.GetAsync("words", new CoreOptions { EncryptionKey = secret }, Token);
            key = core.Key;
            for (var i = 0; i < 10; i++) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"{Marker} {i}"), Token);
            peering.Add(core);
            await peering.HeldAsync(key, 9, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token);
            Assert.Equal(1, peering.CountHolders(key, 0));
            var copy = Assert.Single(peering.GetCopies(key));
            Assert.Equal((10UL, 10UL, true, true), (copy.Length, copy.ContiguousLength, copy.HasLast, copy.IsConnected));
            await peering.DisposeAsync();
            await store.DisposeAsync();
        }

        var reader = await world.ReaderAsync(server.PublicKey);
        var read = await reader.GetAsync(key, new CoreOptions { EncryptionKey = secret }, Token);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{Marker} {i}"), await World.ReadAsync(read, 10));

        await server.DisposeAsync();
        var marker = System.Text.Encoding.UTF8.GetBytes(Marker);
        var files = Directory.GetFiles(options.Folder, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(marker)));
        Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret)));
    }
}

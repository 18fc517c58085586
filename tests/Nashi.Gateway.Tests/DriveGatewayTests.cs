using System.Net;
using System.Net.Http.Headers;
using Nashi.Hypercore;
using Nashi.Hyperdrive;
using Nashi.SecretStream;
using Nashi.Testing;

namespace Nashi.Gateway.Tests;

/// <summary>A drive as a browser sees it.</summary>
public sealed class DriveGatewayTests : IAsyncLifetime
{
    private readonly Corestore _store = Corestore.CreateInMemory();
    private readonly byte[] _film = new byte[300_000];
    private Drive _drive = null!;
    private DriveGateway _gateway = null!;
    private HttpClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        new SeededRandom(1).Fill(_film);
        _drive = await Drive.OpenAsync(_store, cancellationToken: Token);
        await _drive.PutAsync("/index.html", "<h1>pear</h1>"u8.ToArray(), cancellationToken: Token);
        await _drive.PutAsync("/film.mp4", _film, cancellationToken: Token);
        await _drive.PutAsync("/mapped.bin", _film, new DriveFileOptions { Dedup = true }, Token);
        await _drive.PutAsync("/notes/a <b> & c.txt", "text"u8.ToArray(), cancellationToken: Token);
        await _drive.PutAsync("/empty", default(ReadOnlyMemory<byte>), cancellationToken: Token);
        await _drive.SymlinkAsync("/latest", "film.mp4", Token);
        await _drive.SymlinkAsync("/out", "/../../etc/passwd", Token);
        _gateway = await DriveGateway.StartAsync(_drive, cancellationToken: Token);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _gateway.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _drive.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Get_File_HasTypeTagAndSafeHeaders()
    {
        using var response = await _client.GetAsync("/", Token);
        Assert.Equal("<h1>pear</h1>", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.ETag);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/film.mp4", 0L, 99L)]
    [InlineData("/film.mp4", 65_530L, 65_545L)]
    [InlineData("/film.mp4", 299_999L, null)]
    [InlineData("/latest", 100_000L, 199_999L)]
    [InlineData("/mapped.bin", 123_456L, 234_567L)]
    public async Task Get_Range_GivesThoseBytes(string path, long first, long? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = new RangeHeaderValue(first, last);
        using var response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(_film.Length, response.Content.Headers.ContentRange!.Length);
        Assert.Equal(_film[(int)first..(int)((last ?? _film.Length - 1) + 1)], await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Get_RangeBeyondTheEnd_IsNotSatisfiable()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/film.mp4");
        request.Headers.Range = new RangeHeaderValue(300_000, null);
        using var response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
    }

    [Fact]
    public async Task Get_SameTag_IsNotModifiedUntilItIs()
    {
        using var first = await _client.GetAsync("/film.mp4", Token);
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync("/film.mp4", first.Headers.ETag!));
        await _drive.PutAsync("/film.mp4", "other"u8.ToArray(), cancellationToken: Token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/film.mp4", first.Headers.ETag!));
    }

    [Fact]
    public async Task Head_File_GivesLengthAndNoBody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/film.mp4");
        using var response = await _client.SendAsync(request, Token);
        Assert.Equal(_film.Length, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Get_EmptyFile_IsEmpty() => Assert.Empty(await _client.GetByteArrayAsync("/empty", Token));

    [Fact]
    public async Task Get_Folder_RedirectsAndListsEscaped()
    {
        using var redirect = await _client.GetAsync("/notes", Token);
        Assert.Equal("/notes/", redirect.Headers.Location!.ToString());
        var page = await _client.GetStringAsync("/notes/", Token);
        Assert.Contains("a &lt;b&gt; &amp; c.txt</a>", page, StringComparison.Ordinal);
        Assert.Equal("text", await _client.GetStringAsync("/notes/a%20%3Cb%3E%20%26%20c.txt", Token));
    }

    [Theory]
    [InlineData("/none", HttpStatusCode.NotFound)]
    [InlineData("/out", HttpStatusCode.NotFound)]
    [InlineData("/..%2f..%2fetc/passwd", HttpStatusCode.NotFound)]
    [InlineData("/a%00b", HttpStatusCode.BadRequest)]
    [InlineData("/a%5Cb", HttpStatusCode.BadRequest)]
    public async Task Get_NothingThereOrNoPath_SaysSo(string path, HttpStatusCode expected)
    {
        using var response = await _client.GetAsync(path, Token);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Post_Anything_IsRefused()
    {
        using var response = await _client.PostAsync("/film.mp4", null, Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Get_ByAStrangersName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "evil.example:80";
        using var response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_ContentThatNobodyHas_TimesOutWithAnAnswer()
    {
        await using var far = Corestore.CreateInMemory();
        await using var copy = await Drive.OpenAsync(far, _drive.Key, cancellationToken: Token);
        await CopyTreeAsync(far, copy);
        var clock = new VirtualClock();
        await using var gateway = await DriveGateway.StartAsync(copy, new DriveGatewayOptions { TimeProvider = clock }, Token);
        using var client = new HttpClient { BaseAddress = gateway.Address };
        var answer = client.GetAsync("/film.mp4", Token);
        while (!answer.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
    }

    // The tree of entries alone: the content stays away.
    private async Task CopyTreeAsync(Corestore to, Drive copy)
    {
        await using var pair = MessageStreamPair.CreateInMemory();
        await using var left = _store.Replicate(pair.Initiator);
        await using var right = to.Replicate(pair.Responder);
        await copy.UpdateAsync(wait: true, Token);
        for (ulong i = 0; i < _drive.Core.Length; i++) await copy.Core.GetAsync(i, cancellationToken: Token);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        using var response = await _client.SendAsync(request, Token);
        return response.StatusCode;
    }
}

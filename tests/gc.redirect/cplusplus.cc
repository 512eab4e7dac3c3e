/* cplusplus.cc - threads, containers, exceptions and streams of libstdc++ on collected memory */
/* cflags: -std=c++17 */
/* timeout: 120 */
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

static std::atomic<int> failures{0};

static void expect(bool good, const char *what)
{
    if (!good && failures++ < 10)
        std::cout << "# " << what << std::endl;
}

struct alignas(64) Aligned {
    double d[8];
};
static thread_local std::vector<std::string> of_thread;
static std::mutex mutex;
static std::map<int, std::shared_ptr<std::string>> shared;

static int work(int seed)
{
    std::map<int, std::string> tree;
    std::unordered_map<std::string, std::vector<int>> hash;
    int sum = 0;

    for (int i = 0; i < 40000; i++) {
        tree[(i * seed) % 4096] = std::to_string(i) + std::string(i % 200, 'x');
        hash[std::to_string(i % 1000)].push_back(i);
        if (i % 100 == 0) {
            std::ostringstream text;

            of_thread.push_back(std::string(50, char('a' + i % 26)));
            text << i << tree.size();
            sum += int(text.str().size());
            std::lock_guard<std::mutex> lock(mutex);
            shared[i] = std::make_shared<std::string>(std::to_string(i));
        }
        if (i % 1000 == 0) {
            try {
                throw std::runtime_error("number " + std::to_string(i));
            } catch (const std::exception &e) {
                expect(e.what() == "number " + std::to_string(i), "exception");
            }
        }
        if (i % 500 == 0)
            expect(reinterpret_cast<std::uintptr_t>(std::make_unique<Aligned>().get()) % 64 == 0,
                   "aligned new");
    }
    for (auto &entry : tree) {
        sum += int(entry.second.size());
        expect(entry.second.find_first_not_of("0123456789x") == std::string::npos, "tree");
    }
    for (auto &entry : hash)
        for (std::size_t k = 1; k < entry.second.size(); k++)
            expect(entry.second[k] == entry.second[k - 1] + 1000, "hash");
    for (auto &text : of_thread)
        expect(text == std::string(50, text[0]), "thread_local");
    return sum;
}

int main()
{
    std::vector<std::thread> threads;
    std::atomic<int> total{0};

    for (int i = 1; i <= 4; i++)
        threads.emplace_back([&total, i] { total += work(2 * i + 1); });
    auto promised = std::async(std::launch::async, work, 11);
    for (auto &t : threads)
        t.join();
    int more = promised.get();
    for (auto &entry : shared)
        expect(*entry.second == std::to_string(entry.first), "shared");
    bool thrown = false;
    try {
        volatile std::size_t most = std::size_t(-1) - 100000;

        ::operator delete(::operator new(most));
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    expect(thrown, "bad_alloc");
    expect(total > 0 && more > 0, "sums");
    std::cout << (failures == 0 ? "PASS: " : "FAIL: ") << "containers, threads, exceptions"
              << std::endl;
    std::cout << "DONE: all" << std::endl;
    return failures != 0;
}
